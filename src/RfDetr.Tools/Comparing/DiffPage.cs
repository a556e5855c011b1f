using RfDetr.Data;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>A difference of two models as a page: charts, tables, and the most different images side by side.</summary>
public static class DiffPage
{
    private const int MostClasses = 25;

    /// <summary>Writes the page; the file appears only when it is complete.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="diff">The difference.</param>
    /// <param name="gallery">Most images that are shown, at least 0.</param>
    /// <exception cref="IOException">The file cannot be written, or an image not be read.</exception>
    public static void Write(string path, ModelDiff diff, int gallery = 20)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(diff);
        ArgumentOutOfRangeException.ThrowIfNegative(gallery);
        Of(diff, gallery).Save(path);
    }

    internal static ReportPage Of(ModelDiff diff, int gallery)
    {
        var page = new ReportPage($"{Path.GetFileName(diff.A.Name)} → {Path.GetFileName(diff.B.Name)}");
        page.Paragraph(DiffText.Models(diff)).Paragraph(DiffText.Summary(diff));
        page.Paragraph(
            Text(
                $"Found: score above {diff.Options.ScoreThreshold}; one object: same class, boxes overlap by "
                    + $"{diff.Options.MinIoU} or more."),
            "soft");
        foreach (string warning in diff.Warnings)
            page.Paragraph(warning, "warn");
        foreach ((string file, Exception error) in diff.Failures)
            page.Paragraph($"{file}: {error.Message}", "warn");

        IReadOnlyList<ClassDiff> classes = diff.Classes;
        if (classes.Count > 0)
        {
            page.Heading("Per class");
            (string, string)[] legend = [("matched", "c2"), ("lost: only A", "c1"), ("new: only B", "c0")];
            new BarChart("Objects", legend, [.. classes.Take(MostClasses).Select(Bar)]).Write(page.Html);
            page.Table(DiffText.Headings, classes.Append(diff.Total).Select(DiffText.Row));
            page.Paragraph(
                "In brackets: how many of them the other model saw below the threshold. Shifts are B minus A, over "
                    + "matched objects.",
                "soft");
            page.Heading("Scores of the same objects").Charts([Scores(diff)]);
        }

        Gallery(page, diff, gallery);
        return page;
    }

    private static void Gallery(ReportPage page, ModelDiff diff, int gallery)
    {
        ImageDiff[] worst = [.. diff.Images.Where(p => p.Severity > 0).Take(gallery)];
        if (worst.Length == 0)
        {
            if (gallery > 0)
                page.Heading("No image differs");
            return;
        }

        page.Heading(worst.Length == 1 ? "The most different image" : Text($"The {worst.Length} most different images"));
        page.Html.Legend([("found by both", "cs"), ("lost: only A, left", "c1"), ("new: only B, right", "c0")]);
        foreach (ImageDiff image in worst)
        {
            (byte[] left, byte[] right) = DiffDrawing.Draw(image);
            page.Pair((left, $"A — {DiffText.Image(image)}"), (right, "B"));
        }
    }

    private static StackedBar Bar(ClassDiff c) => new(
        c.Name, [(c.Matched, "c2"), (c.Lost, "c1"), (c.New, "c0")], Text($"{c.Matched} · {c.Lost} lost · {c.New} new"));

    private static Chart Scores(ModelDiff diff)
    {
        double least = Math.Round(diff.Options.ScoreThreshold, 6); // 0.3f would miss the tick at 0.3
        (double, double)[] scores =
        [
            .. diff.Images.SelectMany(p => p.Matched).Select(m => ((double)m.A.Score, (double)m.B.Score))
        ];
        ChartSeries dots = new("", scores) { Dots = true, Color = "c2" },
        equal = new("", [(least, least), (1, 1)]) { Color = "cs" };
        return new Chart("On the line both models are equally sure", "score in A", [dots, equal])
        {
            YLabel = "score in B",
            Height = 440,
            XRange = (least, 1),
            YRange = (least, 1),
        };
    }
}
