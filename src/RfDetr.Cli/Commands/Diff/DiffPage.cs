using System.Globalization;
using RfDetr.Cli.Reports;

namespace RfDetr.Cli.Commands;

/// <summary>A difference of two models as a page: charts, tables, and the worst images side by side.</summary>
internal static class DiffPage
{
    private const int MostClasses = 25;

    public static HtmlPage Of(ModelDiff diff, int gallery)
    {
        var page = new HtmlPage($"{Path.GetFileName(diff.A.Name)} → {Path.GetFileName(diff.B.Name)}");
        page.Paragraph(DiffText.Models(diff)).Paragraph(DiffText.Summary(diff));
        page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Found: score above {diff.Options.ScoreThreshold}; one object: same class, boxes overlap by {diff.Options.MinIoU} or more."), "faint");
        foreach (string warning in diff.Warnings)
            page.Paragraph(warning, "warn");
        foreach ((string file, Exception error) in diff.Failures)
            page.Paragraph($"{file}: {error.Message}", "warn");

        IReadOnlyList<ClassDiff> classes = diff.Classes;
        if (classes.Count > 0)
        {
            page.Heading("Per class").Legend(("s2", "matched"), ("s4", "lost"), ("s0", "new"));
            page.Raw(SvgBars.Draw([.. classes.Take(MostClasses).Select(Bar)]));
            page.Table(DiffText.Headings, classes.Append(diff.Total).Select(DiffText.Row));
            page.Paragraph("In brackets: how many of them the other model saw below the threshold. Shifts are B minus A, over matched objects.", "faint");
            page.Heading("Scores of the same objects").Raw(Scores(diff)).Paragraph("On the line both models are equally sure.", "faint");
        }

        ImageDiff[] worst = [.. diff.Images.Where(p => p.Severity > 0).Take(gallery)];
        page.Heading(worst.Length == 0 ? "No image differs" : $"The {worst.Length} most different images");
        if (worst.Length > 0)
            page.Legend(("faint", "found by both"), ("s4", "lost: only A, left"), ("s0", "new: only B, right"));
        foreach (ImageDiff image in worst)
            page.Raw(Figure(image));
        return page;
    }

    private static StackedBar Bar(ClassDiff c) => new(
        c.Name, [(c.Matched, "s2"), (c.Lost, "s4"), (c.New, "s0")], string.Create(CultureInfo.InvariantCulture, $"{c.Matched} · {c.Lost} lost · {c.New} new"));

    private static string Scores(ModelDiff diff)
    {
        double least = diff.Options.ScoreThreshold;
        var plot = new SvgPlot("score in A", "score in B", (least, 1), (least, 1), 420, 400);
        plot.Line([(least, least), (1, 1)], "grid");
        return plot.Points(diff.Images.SelectMany(p => p.Matched).Take(5000).Select(m => ((double)m.A.Score, (double)m.B.Score)), "s2", 3, 0.5).ToString();
    }

    private static string Figure(ImageDiff p)
    {
        (string left, string right) = DiffDrawing.Draw(p);
        string caption = string.Create(CultureInfo.InvariantCulture, $"{p.File}: {p.Matched.Count} matched, {p.Lost.Count} lost, {p.New.Count} new, severity {p.Severity:0.00}");
        return $"""<figure><figcaption>{HtmlPage.Text(caption)}</figcaption><div class="pair"><img alt="A" loading="lazy" src="{left}"><img alt="B" loading="lazy" src="{right}"></div></figure>""";
    }
}
