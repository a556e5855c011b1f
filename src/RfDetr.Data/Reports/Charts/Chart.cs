using static RfDetr.Invariant;

namespace RfDetr.Data;

/// <summary>
/// A chart of lines and dots as SVG inside HTML; colors come from the page's style sheet, so that they follow light and dark.
/// </summary>
/// <param name="Title">The heading above the chart.</param>
/// <param name="XLabel">The name of the horizontal axis.</param>
/// <param name="Series">Lines and dots; the first is drawn on top.</param>
internal sealed record Chart(string Title, string XLabel, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Number of colors in the style sheet; further series repeat them.</summary>
    public const int Colors = 8;

    private const double Right = 10, Top = 10, Bottom = 38;
    private const int MostPoints = 400, MostHints = 130, MostDots = 2000;

    /// <summary>Width in the SVG's units; the page scales the chart to the room it has.</summary>
    public double Width { get; init; } = 480;

    /// <inheritdoc cref="Width"/>
    public double Height { get; init; } = 260;

    /// <summary>The name of the vertical axis; null for none.</summary>
    public string? YLabel { get; init; }

    /// <summary>Ends of the horizontal axis; null for those of the values. Values beyond lie on the edge.</summary>
    public (double Least, double Most)? XRange { get; init; }

    /// <summary>Ends of the vertical axis; null for those of the values, widened to the next ticks.</summary>
    public (double Least, double Most)? YRange { get; init; }

    /// <summary>A dashed vertical line with its name.</summary>
    public (double X, string Label)? Marker { get; init; }

    /// <summary>Dashed horizontal lines with their names and colors.</summary>
    public IReadOnlyList<(double Y, string Label, string Color)> Levels { get; init; } = [];

    /// <summary>Draws the first series thick and the others thin and pale.</summary>
    public bool FirstStandsOut { get; init; }

    private double Left => YLabel is null ? 46 : 60;

    /// <summary>Writes the chart as a figure with its title and, if several series have names, a legend.</summary>
    public void Write(HtmlWriter html)
    {
        ChartSeries[] lines = [.. Series.Select(s => s.Thinned(s.Dots ? MostDots : MostPoints))];
        (double X, double Y)[] points = [.. lines.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Y))];
        html.Open("figure", "chart").Element("figcaption", Title);
        if (points.Length == 0)
        {
            html.Element("p", "no values yet").Close("figure");
            return;
        }

        (double xLeast, double xMost) = XRange ?? (points.Min(p => p.X), points.Max(p => p.X));
        (double yLeast, double yMost) = YRange ?? (points.Min(p => p.Y), points.Max(p => p.Y));
        var x = new AxisScale(xLeast, xMost, true, Left, Width - Right, (int)(Width / 90));
        var y = new AxisScale(yLeast, yMost, YRange is not null, Height - Bottom, Top, (int)(Height / 50));
        html.Raw(Text($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">"));
        WriteAxes(html, x, y);
        if (Marker is { } marker)
            WriteMarker(html, x.ToPixel(marker.X), marker.Label);
        for (int i = lines.Length - 1; i >= 0; i--)
        {
            if (lines[i].Dots)
                WriteDots(html, lines[i], i, x, y);
            else
                WriteLine(html, lines[i], i, x, y);
        }

        foreach ((double level, string label, string color) in Levels)
            WriteLevel(html, y.ToPixel(level), label, color);
        html.Raw("</svg>");
        WriteLegend(html, lines);
        html.Close("figure");
    }

    private void WriteAxes(HtmlWriter html, AxisScale x, AxisScale y)
    {
        foreach ((double pixel, string label) in y.Ticks)
        {
            html.Raw(Text($"<path class=\"grid\" d=\"M{Left} {pixel:0.#}H{Width - Right}\"/>"));
            html.Raw(Text($"<text class=\"tick\" x=\"{Left - 6}\" y=\"{pixel + 4:0.#}\" text-anchor=\"end\">"))
                .Text(label).Raw("</text>");
        }

        foreach ((double pixel, string label) in x.Ticks)
        {
            html.Raw(Text($"<path class=\"grid\" d=\"M{pixel:0.#} {Top}V{Height - Bottom}\"/>"));
            html.Raw(Text($"<text class=\"tick\" x=\"{pixel:0.#}\" y=\"{Height - Bottom + 15}\" text-anchor=\"middle\">"));
            html.Text(label).Raw("</text>");
        }

        html.Raw(Text($"<path class=\"axis\" d=\"M{Left} {Height - Bottom}H{Width - Right}\"/>"));
        html.Raw(Text($"<text class=\"tick\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">"));
        html.Text(XLabel).Raw("</text>");
        if (YLabel is null)
            return;
        html.Raw(
            Text(
                $"<text class=\"tick\" transform=\"translate(12 {(Top + Height - Bottom) / 2}) rotate(-90)\" "
                    + $"text-anchor=\"middle\">"));
        html.Text(YLabel).Raw("</text>");
    }

    private void WriteMarker(HtmlWriter html, double pixel, string label)
    {
        bool atRight = pixel > Width * .6;
        html.Raw(Text($"<path class=\"marker\" d=\"M{pixel:0.#} {Top}V{Height - Bottom}\"/>"));
        html.Raw(Text($"<text class=\"note\" x=\"{pixel + (atRight ? -6 : 6):0.#}\" y=\"{Height - Bottom - 8}\" "));
        html.Raw(atRight ? "text-anchor=\"end\">" : "text-anchor=\"start\">").Text(label).Raw("</text>");
    }

    private void WriteLevel(HtmlWriter html, double pixel, string label, string color)
    {
        html.Raw(Text($"<path class=\"level {color}\" d=\"M{Left} {pixel:0.#}H{Width - Right}\"/>"));
        html.Raw(Text($"<text class=\"note\" x=\"{Width - Right - 4}\" y=\"{pixel - 4:0.#}\" text-anchor=\"end\">"))
            .Text(label).Raw("</text>");
    }

    private void WriteLine(HtmlWriter html, ChartSeries series, int index, AxisScale x, AxisScale y)
    {
        string weight = !FirstStandsOut ? "" : index == 0 ? " strong" : " pale", color = ColorOf(series, index);
        html.Raw(Text($"<path class=\"line {color}{weight}\" d=\""));
        bool pen = false;
        foreach ((double px, double py) in series.Points)
        {
            if (double.IsFinite(py))
                html.Raw(Text($"{(pen ? 'L' : 'M')}{x.ToPixel(px):0.##} {y.ToPixel(py):0.##}"));
            pen = double.IsFinite(py);
        }

        html.Raw("\"/>");
        if (series.Name.Length == 0 || series.Points.Count > MostHints || (FirstStandsOut && index > 0))
            return;
        bool visible = series.Points.Count <= 30;
        string dot = Text($"<circle class=\"dot {color}{(visible ? "" : " hidden")}\" r=\"{(visible ? 2.5 : 5)}\" ");
        foreach ((double px, double py) in series.Points.Where(p => double.IsFinite(p.Y)))
        {
            html.Raw(dot).Raw(Text($"cx=\"{x.ToPixel(px):0.##}\" cy=\"{y.ToPixel(py):0.##}\"><title>"));
            html.Text(Text($"{series.Name}: {py:0.####} at {px:0.####}")).Raw("</title></circle>");
        }
    }

    private static void WriteDots(HtmlWriter html, ChartSeries series, int index, AxisScale x, AxisScale y)
    {
        html.Raw($"<g class=\"dot many {ColorOf(series, index)}\">");
        foreach ((double px, double py) in series.Points.Where(p => double.IsFinite(p.Y)))
            html.Raw(Text($"<circle cx=\"{x.ToPixel(px):0.#}\" cy=\"{y.ToPixel(py):0.#}\" r=\"2.2\"/>"));
        html.Raw("</g>");
    }

    private static void WriteLegend(HtmlWriter html, ChartSeries[] lines)
    {
        if (lines.Count(l => l.Name.Length > 0) > 1)
            html.Legend(lines.Select((l, i) => (l.Name, ColorOf(l, i))).Where(l => l.Name.Length > 0));
    }

    private static string ColorOf(ChartSeries series, int index) => series.Color ?? Text($"c{index % Colors}");
}
