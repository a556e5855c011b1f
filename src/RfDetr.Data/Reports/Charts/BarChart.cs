using static RfDetr.Invariant;

namespace RfDetr.Data;

/// <summary>One horizontal bar made of parts.</summary>
/// <param name="Name">The text before the bar.</param>
/// <param name="Parts">Lengths and colors (classes of the style sheet) from the left.</param>
/// <param name="Note">The text behind the bar's end.</param>
internal sealed record StackedBar(string Name, IReadOnlyList<(double Value, string Color)> Parts, string Note);

/// <summary>Horizontal bars below each other as SVG inside HTML, all at one scale.</summary>
/// <param name="Title">The heading above the chart.</param>
/// <param name="Legend">Names of the parts with their colors.</param>
/// <param name="Bars">From the top, at least one.</param>
internal sealed record BarChart(string Title, IReadOnlyList<(string Name, string Color)> Legend, IReadOnlyList<StackedBar> Bars)
{
    private const double Width = 960, Row = 26, Thickness = 16, NoteWidth = 190, Letter = 6.6;

    /// <summary>Writes the chart as a figure with its title and legend.</summary>
    public void Write(HtmlWriter html)
    {
        // Names take the room they need, up to a third of the chart.
        double left = Math.Min(Width / 3, 16 + Letter * Bars.Max(b => b.Name.Length)), room = Width - left - NoteWidth;
        double longest = Math.Max(Bars.Max(b => b.Parts.Sum(p => p.Value)), double.Epsilon);
        html.Open("figure", "chart").Element("figcaption", Title);
        html.Raw(Text($"<svg viewBox=\"0 0 {Width} {Row * Bars.Count + 6}\" role=\"img\">"));
        for (int i = 0; i < Bars.Count; i++)
        {
            double x = left, y = Row * i + 5;
            html.Raw(Text($"<text class=\"name\" x=\"{left - 8:0.#}\" y=\"{y + 12.5}\" text-anchor=\"end\">"));
            html.Text(Shorten(Bars[i].Name, left)).Raw("</text>");
            foreach ((double value, string color) in Bars[i].Parts)
            {
                double width = value / longest * room;
                html.Raw(
                    Text(
                        $"<rect class=\"dot {color}\" x=\"{x:0.##}\" y=\"{y}\" width=\"{width:0.##}\" height=\"{Thickness}\"/>"));
                x += width;
            }

            html.Raw(Text($"<text class=\"tick\" x=\"{x + 8:0.#}\" y=\"{y + 12.5}\">")).Text(Bars[i].Note).Raw("</text>");
        }

        html.Raw("</svg>").Legend(Legend).Close("figure");
    }

    private static string Shorten(string name, double room) =>
        name.Length * Letter <= room - 8 ? name : name[..Math.Max(1, (int)((room - 8) / Letter) - 1)] + "…";
}
