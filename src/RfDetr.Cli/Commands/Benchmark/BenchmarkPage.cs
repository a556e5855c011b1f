using System.Globalization;
using RfDetr.Cli.Reports;

namespace RfDetr.Cli.Commands;

/// <summary>A benchmark as a page to look at.</summary>
internal static class BenchmarkPage
{
    // More dots than this are a blot; the samples stay whole in the JSON.
    private const int MostDots = 2000;

    private static readonly Dictionary<string, string> s_colors = new()
    {
        [BenchmarkStages.Decode] = "s5",
        [BenchmarkStages.Preprocess] = "s2",
        [BenchmarkStages.Run] = "s0",
        [BenchmarkStages.Postprocess] = "s3",
        [BenchmarkStages.Draw] = "s1",
    };

    public static HtmlPage Of(BenchmarkReport report)
    {
        var page = new HtmlPage($"Benchmark of {Path.GetFileName(report.Model.Name)}");
        page.Paragraph(BenchmarkText.Model(report)).Paragraph(BenchmarkText.Machine(report), "faint");
        page.Paragraph($"images: {report.Images.Source}; {BenchmarkText.Process(report)}", "faint");
        if (BenchmarkText.Accuracy(report) is { } accuracy)
            page.Paragraph(accuracy);
        foreach (string doubt in BenchmarkDoubts.Of(report))
            page.Paragraph(doubt, "warn");

        page.Heading("Where the time goes");
        page.Legend([.. s_colors.Where(c => report.Series[0].Stage(c.Key) is not null).Select(c => (c.Value, c.Key))]);
        page.Raw(SvgBars.Draw([.. report.Series.Select(Bar)])).Paragraph("Medians of the stages, milliseconds per image.", "faint");
        page.Heading("How even it is").Raw(Distribution(report)).Legend([.. report.Series.Select((s, i) => (Color(i), BenchmarkText.Name(s)))]);
        foreach (BenchmarkSeries series in report.Series)
            Add(page, series);
        Environment(page, report);
        return page;
    }

    private static void Add(HtmlPage page, BenchmarkSeries series)
    {
        page.Heading(BenchmarkText.Title(series)).Table(BenchmarkText.Headings, BenchmarkText.Rows(series)).Paragraph(BenchmarkText.Rest(series), "faint");
        StageSamples all = series.Stage(BenchmarkStages.EndToEnd)!;
        SampleStatistics s = all.Statistics;
        var plot = new SvgPlot("call", "end to end, ms", (0, all.Samples.Length), (0, Top(s)));
        page.Raw(plot.Points(Dots(all.Samples), "s0").Level(s.P50, "s2", "p50").Level(s.P95, "s4", "p95").ToString());
        if (series.Machine.SpinMs is { Length: > 0 } spin)
        {
            var machine = new SvgPlot("call", "fixed loop, ms", (0, spin.Length), (0, Quiet(SampleStatistics.Of(spin))), height: 140);
            page.Raw(machine.Points(Dots(spin), "faint").ToString()).Paragraph("The machine alone: a fixed loop between calls. What moves here is not the model.", "faint");
        }
    }

    private static StackedBar Bar(BenchmarkSeries series)
    {
        (double Value, string Color)[] parts = [.. series.Stages.Where(s => s_colors.ContainsKey(s.Name)).Select(s => (s.Statistics.P50 / series.Batch, s_colors[s.Name]))];
        return new(BenchmarkText.Name(series), parts, $"{BenchmarkText.Ms(parts.Sum(p => p.Value))} ms");
    }

    // The share of calls that were at most so slow: percentiles can be read off, and no width of bins is to be chosen.
    private static string Distribution(BenchmarkReport report)
    {
        double[][] sorted = [.. report.Series.Select(s => s.Stage(BenchmarkStages.EndToEnd)!.Samples.Order().ToArray())];
        double least = sorted.Min(s => s[0]), most = sorted.Max(s => Top(SampleStatistics.Of(s)));
        var plot = new SvgPlot("end to end, ms per call", "% of calls", (least, most), (0, 100));
        for (int i = 0; i < sorted.Length; i++)
        {
            double[] s = sorted[i];
            int step = Math.Max(1, s.Length / MostDots);
            plot.Line(Enumerable.Range(0, s.Length).Where(k => k % step == 0 || k == s.Length - 1).Select(k => (s[k], 100.0 * (k + 1) / s.Length)), Color(i));
        }

        return plot.ToString();
    }

    private static void Environment(HtmlPage page, BenchmarkReport r)
    {
        BenchmarkEnvironment e = r.Environment;
        (string, string)[] rows =
        [
            ("measured", r.MeasuredAt.ToString("u", CultureInfo.InvariantCulture)), ("rfdetr", e.Library), ("engine", e.Engine), ("providers", string.Join(' ', e.Providers)),
            ("threads", e.Threads.ToString(CultureInfo.InvariantCulture)), ("spinning", e.Spinning ? "yes" : "no"), ("runtime", $"{e.Runtime}, {e.Collector}"), ("decoder", e.Decoder),
            ("variables", string.Join(' ', e.Variables.Select(v => $"{v.Key}={v.Value}"))), ("model's SHA-256", r.Model.Sha256 ?? "none"), ("images' SHA-256", r.Images.Sha256),
            ("warm-up", $"{r.Options.Warmup} calls"), ("pause", $"{r.Options.PauseMs} ms"),
            ("score threshold", r.Options.ScoreThreshold.ToString(CultureInfo.InvariantCulture)),
        ];
        page.Heading("Environment").Table(["", ""], rows.Select(row => (string[])[row.Item1, row.Item2.Length > 0 ? row.Item2 : "none"]), 1);
    }

    // Single spikes must not flatten everything else; they lie on the upper edge.
    private static double Top(SampleStatistics s) => Math.Min(s.Max, Math.Max(1.3 * s.P99, 1.5 * s.P50));

    private static double Quiet(SampleStatistics s) => Math.Max(1.2 * s.P90, 2 * s.P50);

    private static IEnumerable<(double X, double Y)> Dots(double[] samples)
    {
        int step = Math.Max(1, samples.Length / MostDots);
        return samples.Select((y, i) => ((double)i, y)).Where(p => (int)p.Item1 % step == 0);
    }

    private static string Color(int index) => $"s{index % 6}";
}
