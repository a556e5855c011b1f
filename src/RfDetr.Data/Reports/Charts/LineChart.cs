using System.Globalization;

namespace RfDetr.Data;

/// <summary>A chart of lines as SVG inside HTML; colors come from the page's style sheet, so that it follows light and dark.</summary>
internal sealed record LineChart(string Title, string XLabel, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Colors of the style sheet, repeated beyond.</summary>
    public const int Colors = 8;

    private const double Width = 480, Height = 260, Left = 46, Right = 10, Top = 10, Bottom = 38;
    private const int MostPoints = 400, MostDots = 130;

    /// <summary>Ends of the axes; null for those of the values.</summary>
    public (double Least, double Most)? XRange { get; init; }

    /// <inheritdoc cref="XRange"/>
    public (double Least, double Most)? YRange { get; init; }

    /// <summary>A vertical line with its name.</summary>
    public (double X, string Label)? Marker { get; init; }

    /// <summary>Draws the first series thick and the others thin and pale.</summary>
    public bool FirstStandsOut { get; init; }

    public void Write(HtmlWriter html)
    {
        ChartSeries[] lines = [.. Series.Select(s => s.Thinned(MostPoints))];
        (double X, double Y)[] points = [.. lines.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Y))];
        html.Open("figure", "chart").Element("figcaption", Title);
        if (points.Length == 0)
        {
            html.Element("p", "no values yet").Close("figure");
            return;
        }

        var x = new AxisScale(XRange?.Least ?? points.Min(p => p.X), XRange?.Most ?? points.Max(p => p.X), true, Left, Width - Right);
        var y = new AxisScale(YRange?.Least ?? points.Min(p => p.Y), YRange?.Most ?? points.Max(p => p.Y), YRange is not null, Height - Bottom, Top);
        html.Raw(Svg($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">"));
        WriteAxes(html, x, y);
        if (Marker is { } marker)
            WriteMarker(html, x.ToPixel(marker.X), marker.Label);
        for (int i = lines.Length - 1; i >= 0; i--)
            WriteLine(html, lines[i], i, x, y);
        html.Raw("</svg>");
        WriteLegend(html, lines);
        html.Close("figure");
    }

    private void WriteAxes(HtmlWriter html, AxisScale x, AxisScale y)
    {
        foreach ((double pixel, string label) in y.Ticks)
        {
            html.Raw(Svg($"<path class=\"grid\" d=\"M{Left} {pixel:0.#}H{Width - Right}\"/>"));
            html.Raw(Svg($"<text class=\"tick\" x=\"{Left - 6}\" y=\"{pixel + 4:0.#}\" text-anchor=\"end\">")).Text(label).Raw("</text>");
        }

        foreach ((double pixel, string label) in x.Ticks)
        {
            html.Raw(Svg($"<path class=\"grid\" d=\"M{pixel:0.#} {Top}V{Height - Bottom}\"/>"));
            html.Raw(Svg($"<text class=\"tick\" x=\"{pixel:0.#}\" y=\"{Height - Bottom + 15}\" text-anchor=\"middle\">")).Text(label).Raw("</text>");
        }

        html.Raw(Svg($"<path class=\"axis\" d=\"M{Left} {Height - Bottom}H{Width - Right}\"/>"));
        html.Raw(Svg($"<text class=\"tick\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">")).Text(XLabel).Raw("</text>");
    }

    private static void WriteMarker(HtmlWriter html, double pixel, string label)
    {
        bool atRight = pixel > Width * .6;
        html.Raw(Svg($"<path class=\"marker\" d=\"M{pixel:0.#} {Top}V{Height - Bottom}\"/>"));
        html.Raw(Svg($"<text class=\"note\" x=\"{pixel + (atRight ? -6 : 6):0.#}\" y=\"{Height - Bottom - 8}\" text-anchor=\"{(atRight ? "end" : "start")}\">")).Text(label).Raw("</text>");
    }

    private void WriteLine(HtmlWriter html, ChartSeries series, int index, AxisScale x, AxisScale y)
    {
        string weight = !FirstStandsOut ? "" : index == 0 ? " strong" : " pale";
        html.Raw(Svg($"<path class=\"line c{index % Colors}{weight}\" d=\""));
        bool pen = false;
        foreach ((double px, double py) in series.Points)
        {
            if (double.IsFinite(py))
                html.Raw(Svg($"{(pen ? 'L' : 'M')}{x.ToPixel(px):0.##} {y.ToPixel(py):0.##}"));
            pen = double.IsFinite(py);
        }

        html.Raw("\"/>");
        if (series.Points.Count > MostDots || (FirstStandsOut && index > 0))
            return;
        bool visible = series.Points.Count <= 30;
        foreach ((double px, double py) in series.Points.Where(p => double.IsFinite(p.Y)))
        {
            html.Raw(Svg($"<circle class=\"dot c{index % Colors}{(visible ? "" : " hidden")}\" cx=\"{x.ToPixel(px):0.##}\" cy=\"{y.ToPixel(py):0.##}\" r=\"{(visible ? 2.5 : 5)}\"><title>"));
            html.Text(Svg($"{series.Name}: {py:0.####} at {px:0.####}")).Raw("</title></circle>");
        }
    }

    private static void WriteLegend(HtmlWriter html, ChartSeries[] lines)
    {
        if (lines.Length < 2)
            return;
        html.Open("div", "legend");
        for (int i = 0; i < lines.Length; i++)
            html.Open("span", Svg($"key c{i % Colors}")).Text(lines[i].Name).Close("span");
        html.Close("div");
    }

    private static string Svg(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
