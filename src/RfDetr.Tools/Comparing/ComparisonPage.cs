using System.Globalization;
using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>
/// A comparison of two benchmarks as a page: the ratio of each stage with its interval, and all that differs besides.
/// </summary>
public static class ComparisonPage
{
    private const double MostRatio = 1000; // larger ones stand for a division by nothing

    /// <summary>Writes the page; the file appears only when it is complete.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="comparison">The comparison.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, BenchmarkComparison comparison)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(comparison);
        Of(comparison).Save(path);
    }

    internal static ReportPage Of(BenchmarkComparison result)
    {
        ComparisonOptions o = result.Options;
        var page = new ReportPage("Benchmark B against A");
        page.Paragraph(ComparisonText.Sentence(result), result.Verdict == Verdict.Slower ? "warn" : null);
        foreach (AccuracyComparison a in result.Accuracy)
            page.Paragraph(ComparisonText.Accuracy(a, o), a.Failed ? "warn" : null);
        foreach (EnvironmentDifference d in result.Differences.Where(d => d.Blocks))
            page.Paragraph($"{d.Name} differs, times may answer different questions", "warn");
        foreach (SeriesComparison series in result.Series)
            Add(page, series, o);
        page.Heading("What else differs");
        if (result.Differences.Count == 0)
            page.Paragraph("Nothing: same machine, software, model and images.");
        else
            page.Table(["", "A", "B"], result.Differences.Select(d => (string[])[d.Name, d.A, d.B]), 1, 2);
        return page;
    }

    private static void Add(ReportPage page, SeriesComparison series, ComparisonOptions o)
    {
        page.Heading(ComparisonText.Series(series));
        Interval[] rows =
        [
            .. series.Stages.Where(s => s.Ratio.High < MostRatio).Select(s => new Interval(
                s.Name, s.Ratio.Low, s.Ratio.Value, s.Ratio.High, Color(s.Verdict), ComparisonText.Word(s.Verdict))),
        ];
        string limit = string.Create(CultureInfo.InvariantCulture, $"accepted {100 * o.MaxSlowdown:0.##} %");
        string confidence = string.Create(
            CultureInfo.InvariantCulture, $"Medians of B over those of A with {100 * o.Confidence:0.#} % intervals");
        if (rows.Length > 0)
            new IntervalChart(
                confidence, "B / A: right of 1, B takes longer", rows, [(1, "equal"), (1 + o.MaxSlowdown, limit)])
                .Write(page.Html);
        page.Table(
            ["median, ms per call", "A", "B", "B / A", "low", "high", "verdict"],
            series.Stages.Select(s => (string[])
            [
                s.Name, BenchmarkText.Ms(s.MedianA), BenchmarkText.Ms(s.MedianB), ComparisonText.Ratio(s.Ratio.Value),
                ComparisonText.Ratio(s.Ratio.Low), ComparisonText.Ratio(s.Ratio.High),
                s.Reason is null ? ComparisonText.Word(s.Verdict) : $"{ComparisonText.Word(s.Verdict)}: {s.Reason}",
            ]),
            6);
    }

    private static string Color(Verdict verdict) => verdict switch
    {
        Verdict.Slower => "c1",
        Verdict.Faster => "c2",
        Verdict.NotSlower => "c0",
        _ => "cs",
    };
}
