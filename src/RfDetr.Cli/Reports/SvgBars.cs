using System.Globalization;
using System.Text;

namespace RfDetr.Cli.Reports;

/// <summary>One bar made of parts.</summary>
/// <param name="Name">Beside the bar.</param>
/// <param name="Parts">Lengths and colors, from the left.</param>
/// <param name="Note">After the bar's end.</param>
internal sealed record StackedBar(string Name, IReadOnlyList<(double Value, string Color)> Parts, string Note);

/// <summary>Horizontal bars below each other, as an inline SVG image whose colors are those of the page.</summary>
internal static class SvgBars
{
    private const double Width = 880, Row = 26, Thickness = 16, NoteWidth = 150, Letter = 7.2;

    public static string Draw(IReadOnlyList<StackedBar> bars)
    {
        // Names take the room they need, up to a third of the image.
        double left = Math.Min(Width / 3, 16 + Letter * bars.Max((StackedBar b) => b.Name.Length)), room = Width - left - NoteWidth;
        double longest = double.Epsilon;
        foreach (StackedBar bar in bars)
            longest = Math.Max(longest, bar.Parts.Sum(p => p.Value));
        var svg = new StringBuilder(Text($"<svg viewBox=\"0 0 {Width} {Row * bars.Count + 6}\" width=\"{Width}\" role=\"img\">"));
        for (int i = 0; i < bars.Count; i++)
        {
            double x = left, y = Row * i + 5;
            svg.Append(Text($"<text class=\"ink\" x=\"{left - 8}\" y=\"{y + 12.5}\" text-anchor=\"end\">{HtmlPage.Text(Shorten(bars[i].Name, left))}</text>"));
            foreach ((double value, string color) in bars[i].Parts)
            {
                double width = value / longest * room;
                svg.Append(Text($"<rect x=\"{x:0.##}\" y=\"{y}\" width=\"{width:0.##}\" height=\"{Thickness}\" fill=\"var(--{color})\"/>"));
                x += width;
            }

            svg.Append(Text($"<text x=\"{x + 8:0.#}\" y=\"{y + 12.5}\">{HtmlPage.Text(bars[i].Note)}</text>"));
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Shorten(string name, double room) =>
        name.Length * Letter <= room - 8 ? name : name[..Math.Max(1, (int)((room - 8) / Letter) - 1)] + "…";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
