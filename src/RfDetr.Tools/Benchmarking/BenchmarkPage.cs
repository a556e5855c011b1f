using System.Globalization;
using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>A benchmark as a page to look at.</summary>
public static class BenchmarkPage
{
    private static readonly Dictionary<string, string> s_colors = new()
    {
        [BenchmarkStages.Decode] = "c5",
        [BenchmarkStages.Preprocess] = "c2",
        [BenchmarkStages.Run] = "c0",
        [BenchmarkStages.Postprocess] = "c3",
        [BenchmarkStages.Draw] = "c1",
    };

    /// <summary>Writes the page; the file appears only when it is complete.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="report">The benchmark.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, BenchmarkReport report)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(report);
        Of(report).Save(path);
    }

    internal static ReportPage Of(BenchmarkReport report)
    {
        var page = new ReportPage($"Benchmark of {Path.GetFileName(report.Model.Name)}");
        page.Paragraph(BenchmarkText.Model(report)).Paragraph(BenchmarkText.Machine(report), "soft");
        page.Paragraph($"images: {report.Images.Source}; {BenchmarkText.Process(report)}", "soft");
        if (BenchmarkText.Accuracy(report) is { } accuracy)
            page.Paragraph(accuracy);
        foreach (string doubt in BenchmarkDoubts.Of(report))
            page.Paragraph(doubt, "warn");

        page.Heading("Where the time goes");
        (string Name, string Color)[] legend =
        [
            .. s_colors.Where(c => report.Series[0].Stage(c.Key) is not null).Select(c => (c.Key, c.Value))
        ];
        new BarChart("Medians of the stages, milliseconds per image", legend, [.. report.Series.Select(Bar)]).Write(page.Html);
        page.Heading("How even it is");
        Distribution(report).Write(page.Html);
        foreach (BenchmarkSeries series in report.Series)
            Add(page, series);
        Environment(page, report);
        return page;
    }

    private static void Add(ReportPage page, BenchmarkSeries series)
    {
        page.Heading(BenchmarkText.Title(series)).Table(BenchmarkText.Headings, BenchmarkText.Rows(series));
        page.Paragraph(BenchmarkText.Rest(series), "soft");
        StageSamples all = series.Stage(BenchmarkStages.EndToEnd)!;
        SampleStatistics s = all.Statistics;
        new Chart("Each call, end to end", "call", [Dots(all.Samples, "c0")])
        {
            YLabel = "ms",
            Width = 960,
            XRange = (0, all.Samples.Length),
            YRange = (0, Top(s)),
            Levels = [(s.P50, "p50", "c2"), (s.P95, "p95", "c1")],
        }.Write(page.Html);
        if (series.Machine.SpinMs is not { Length: > 0 } spin)
            return;
        new Chart(
            "The machine alone: a fixed loop between calls; differences here are not the model's", "call", [Dots(spin, "cs")])
        {
            YLabel = "ms",
            Width = 960,
            Height = 150,
            XRange = (0, spin.Length),
            YRange = (0, Quiet(SampleStatistics.Of(spin))),
        }.Write(page.Html);
    }

    private static StackedBar Bar(BenchmarkSeries series)
    {
        (double Value, string Color)[] parts =
            [
                .. series.Stages.Where(s => s_colors.ContainsKey(s.Name)).Select(s =>
                    (s.Statistics.P50 / series.Batch, s_colors[s.Name]))
            ];
        return new(BenchmarkText.Name(series), parts, $"{BenchmarkText.Ms(parts.Sum(p => p.Value))} ms");
    }

    // The share of calls that were at most so slow: percentiles can be read off, and no width of bins is to be chosen.
    private static Chart Distribution(BenchmarkReport report)
    {
        double[][] sorted = [.. report.Series.Select(s => s.Stage(BenchmarkStages.EndToEnd)!.Samples.Order().ToArray())];
        ChartSeries[] lines = [.. sorted.Select((s, i) => new ChartSeries(
            BenchmarkText.Name(report.Series[i]), [.. s.Select((ms, k) => (ms, 100.0 * (k + 1) / s.Length))]))];
        return new Chart("Share of calls that took at most so long", "end to end, ms per call", lines)
        {
            YLabel = "% of calls",
            Width = 960,
            XRange = (sorted.Min(s => s[0]), sorted.Max(s => Top(SampleStatistics.Of(s)))),
            YRange = (0, 100),
        };
    }

    private static void Environment(ReportPage page, BenchmarkReport r)
    {
        BenchmarkEnvironment e = r.Environment;
        (string Name, string Value)[] rows =
        [
            ("measured", r.MeasuredAt.ToString("u", CultureInfo.InvariantCulture)), ("rfdetr", e.Library), ("engine", e.Engine),
            ("providers", string.Join(' ', e.Providers)), ("threads", e.Threads.ToString(CultureInfo.InvariantCulture)),
            ("spinning", e.Spinning ? "yes" : "no"), ("runtime", $"{e.Runtime}, {e.Collector}"), ("decoder", e.Decoder),
            ("variables", string.Join(' ', e.Variables.Select(v => $"{v.Key}={v.Value}"))),
            ("model's SHA-256", r.Model.Sha256 ?? "none"),
            ("images' SHA-256", r.Images.Sha256), ("warm-up", $"{r.Options.Warmup} calls"), ("pause", $"{r.Options.PauseMs} ms"),
            ("score threshold", r.Options.ScoreThreshold.ToString(CultureInfo.InvariantCulture)),
        ];
        page.Heading("Environment");
        page.Table(["setting", "value"], rows.Select(row => (string[])[row.Name, row.Value.Length > 0 ? row.Value : "none"]), 1);
    }

    // Single spikes must not flatten everything else; they lie on the upper edge.
    private static double Top(SampleStatistics s) => Math.Min(s.Max, Math.Max(1.3 * s.P99, 1.5 * s.P50));

    private static double Quiet(SampleStatistics s) => Math.Max(1.2 * s.P90, 2 * s.P50);

    private static ChartSeries Dots(double[] samples, string color) =>
        new("", [.. samples.Select((y, i) => ((double)i, y))]) { Dots = true, Color = color };
}
