using System.Globalization;
using System.Text;

namespace RfDetr.Cli.Reports;

/// <summary>Points and lines over two axes, as an inline SVG image whose colors are those of the page.</summary>
internal sealed class SvgPlot
{
    private const double Left = 56, Right = 14, Top = 10, Bottom = 40;

    private readonly StringBuilder _marks = new();
    private readonly double _width, _height;
    private readonly string _xTitle, _yTitle;

    /// <summary>An empty plot whose axes hold the given ranges.</summary>
    public SvgPlot(string xTitle, string yTitle, (double Least, double Most) x, (double Least, double Most) y, double width = 880, double height = 260)
    {
        (_xTitle, _yTitle, _width, _height) = (xTitle, yTitle, width, height);
        X = new(x.Least, x.Most, Left, width - Right, (int)(width / 90));
        Y = new(y.Least, y.Most, height - Bottom, Top, (int)(height / 50));
    }

    public Axis X { get; }

    public Axis Y { get; }

    /// <summary>A dot for each pair.</summary>
    public SvgPlot Points(IEnumerable<(double X, double Y)> points, string color, double radius = 2, double opacity = 0.7)
    {
        _marks.Append(Text($"<g fill=\"var(--{color})\" fill-opacity=\"{opacity}\">"));
        foreach ((double x, double y) in points)
            _marks.Append(Text($"<circle cx=\"{X[x]:0.#}\" cy=\"{Y[y]:0.#}\" r=\"{radius}\"/>"));
        _marks.Append("</g>");
        return this;
    }

    /// <summary>A line through the pairs.</summary>
    public SvgPlot Line(IEnumerable<(double X, double Y)> points, string color, string? dash = null)
    {
        string path = string.Join(' ', points.Select(p => Text($"{X[p.X]:0.#},{Y[p.Y]:0.#}")));
        _marks.Append(Text($"<polyline points=\"{path}\" fill=\"none\" stroke=\"var(--{color})\" stroke-width=\"1.8\" stroke-linejoin=\"round\"{(dash is null ? "" : $" stroke-dasharray=\"{dash}\"")}/>"));
        return this;
    }

    /// <summary>A level line over the whole width with its name at the right end.</summary>
    public SvgPlot Level(double y, string color, string name)
    {
        _ = Line([(X.Ticks.First(), y), (X.Ticks.Last(), y)], color, "5 4");
        _marks.Append(Text($"<text class=\"ink\" x=\"{_width - Right - 4}\" y=\"{Y[y] - 4:0.#}\" text-anchor=\"end\">{HtmlPage.Text(name)}</text>"));
        return this;
    }

    public override string ToString()
    {
        var svg = new StringBuilder(Text($"<svg viewBox=\"0 0 {_width} {_height}\" width=\"{_width}\" role=\"img\" aria-label=\"{HtmlPage.Text(_yTitle)} over {HtmlPage.Text(_xTitle)}\">"));
        foreach (double tick in Y.Ticks)
        {
            svg.Append(Text($"<line x1=\"{Left}\" x2=\"{_width - Right}\" y1=\"{Y[tick]:0.#}\" y2=\"{Y[tick]:0.#}\" stroke=\"var(--grid)\"/>"));
            svg.Append(Text($"<text x=\"{Left - 8}\" y=\"{Y[tick] + 4:0.#}\" text-anchor=\"end\">{Y.Label(tick)}</text>"));
        }

        foreach (double tick in X.Ticks)
            svg.Append(Text($"<text x=\"{X[tick]:0.#}\" y=\"{_height - Bottom + 16}\" text-anchor=\"middle\">{X.Label(tick)}</text>"));
        double middle = (Top + _height - Bottom) / 2;
        svg.Append(Text($"<text x=\"{(Left + _width - Right) / 2}\" y=\"{_height - 6}\" text-anchor=\"middle\">{HtmlPage.Text(_xTitle)}</text>"));
        svg.Append(Text($"<text transform=\"translate(14 {middle}) rotate(-90)\" text-anchor=\"middle\">{HtmlPage.Text(_yTitle)}</text>"));
        return svg.Append(_marks).Append("</svg>").ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
