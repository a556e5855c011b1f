using static RfDetr.Invariant;

namespace RfDetr.Data;

/// <summary>An estimate with its interval of confidence.</summary>
/// <param name="Name">The text before it.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="Value">The estimate.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="Color">Class of the style sheet.</param>
/// <param name="Note">The text at the right edge.</param>
internal sealed record Interval(string Name, double Low, double Value, double High, string Color, string Note);

/// <summary>Estimates with their intervals below each other as SVG inside HTML, on one axis with marked values.</summary>
/// <param name="Title">The heading above the chart.</param>
/// <param name="XLabel">The name of the axis.</param>
/// <param name="Rows">From the top, at least one; every number is finite.</param>
/// <param name="Marks">Values with a vertical line and a name.</param>
internal sealed record IntervalChart(
    string Title, string XLabel, IReadOnlyList<Interval> Rows, IReadOnlyList<(double X, string Label)> Marks)
{
    private const double Width = 960, Row = 30, NoteWidth = 170, Letter = 6.6, Top = 22, Bottom = 36;

    /// <summary>Writes the chart as a figure with its title.</summary>
    public void Write(HtmlWriter html)
    {
        double left = 16 + Letter * Rows.Max(r => r.Name.Length), right = Width - NoteWidth, bottom = Top + Row * Rows.Count;
        double[] ends = [.. Rows.Select(r => r.Low), .. Rows.Select(r => r.High), .. Marks.Select(m => m.X)];
        var x = new AxisScale(ends.Min(), ends.Max(), false, left, right, 8);
        html.Open("figure", "chart").Element("figcaption", Title);
        html.Raw(Text($"<svg viewBox=\"0 0 {Width} {bottom + Bottom}\" role=\"img\">"));
        foreach ((double pixel, string label) in x.Ticks)
        {
            html.Raw(Text($"<path class=\"grid\" d=\"M{pixel:0.#} {Top}V{bottom}\"/>"));
            html.Raw(Text($"<text class=\"tick\" x=\"{pixel:0.#}\" y=\"{bottom + 15}\" text-anchor=\"middle\">"))
                .Text(label).Raw("</text>");
        }

        html.Raw(Text($"<text class=\"tick\" x=\"{(left + right) / 2:0.#}\" y=\"{bottom + 31}\" text-anchor=\"middle\">"));
        html.Text(XLabel).Raw("</text>");
        for (int i = 0; i < Marks.Count; i++)
        {
            // Marks may be close together: the first name ends at its line, the others begin there.
            string at = Text($"{x.ToPixel(Marks[i].X):0.#}"), anchor = i == 0 ? "end" : "start";
            html.Raw(Text($"<path class=\"marker\" d=\"M{at} {Top - 16}V{bottom}\"/>"));
            html.Raw(
                Text($"<text class=\"tick\" dx=\"{(i == 0 ? -5 : 5)}\" x=\"{at}\" y=\"{Top - 8}\" text-anchor=\"{anchor}\">"));
            html.Text(Marks[i].Label).Raw("</text>");
        }

        for (int i = 0; i < Rows.Count; i++)
            Write(html, Rows[i], Top + Row * (i + .5), left, right, x);
        html.Raw("</svg>").Close("figure");
    }

    private static void Write(HtmlWriter html, Interval row, double y, double left, double right, AxisScale x)
    {
        html.Raw(Text($"<text class=\"name\" x=\"{left - 8:0.#}\" y=\"{y + 4}\" text-anchor=\"end\">"))
            .Text(row.Name).Raw("</text>");
        html.Raw(
            Text($"<path class=\"line strong {row.Color}\" d=\"M{x.ToPixel(row.Low):0.##} {y}H{x.ToPixel(row.High):0.##}\"/>"));
        html.Raw(Text($"<circle class=\"dot {row.Color}\" cx=\"{x.ToPixel(row.Value):0.##}\" cy=\"{y}\" r=\"5\"/>"));
        html.Raw(Text($"<text class=\"tick\" x=\"{right + 14}\" y=\"{y + 4}\">")).Text(row.Note).Raw("</text>");
    }
}
