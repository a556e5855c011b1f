using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>A comparison of two benchmarks in words, for consoles and pages.</summary>
internal static class ComparisonText
{
    /// <summary>The verdict in one sentence.</summary>
    public static string Sentence(BenchmarkComparison result)
    {
        ComparisonOptions o = result.Options;
        (SeriesComparison worst, StageComparison stage) = result.Series
            .Select(s =>
                (s, s.Stages.Single(stage => stage.Name == o.Metric))).MaxBy(p => (p.Item2.Verdict, p.Item2.Ratio.Value));
        string where = result.Series.Count > 1 ? Text($" (batch {worst.Batch}, {worst.Callers} callers)") : "";
        string interval =
            $"{Text($"{100 * o.Confidence:0.#}")} % interval {Percent(stage.Ratio.Low)} to {Percent(stage.Ratio.High)} %";
        string change = $"{Percent(stage.Ratio.Value)} %, {interval}", limit = Text($"{100 * o.MaxSlowdown:0.##} %");
        return stage.Verdict switch
        {
            Verdict.Slower => $"B is slower than accepted ({limit}) in {o.Metric}{where}: {change}",
            Verdict.Faster => $"B is faster in {o.Metric}{where}: {change}",
            Verdict.NotSlower => $"B is not slower than accepted ({limit}) in {o.Metric}{where}: {change}",
            _ => $"nothing can be said about {o.Metric}{where}: {change}; {stage.Reason}",
        };
    }

    /// <summary>One average precision in both reports.</summary>
    public static string Accuracy(AccuracyComparison a, ComparisonOptions options)
    {
        string limit = a.Failed ? Text($", more than the {100 * options.MaxApDrop.GetValueOrDefault():0.##} accepted") : "";
        return Text($"AP of {a.Kind}: {100 * a.A:0.00} → {100 * a.B:0.00} ({100 * (a.B - a.A):+0.00;-0.00;0.00} points)") + limit;
    }

    public static string Series(SeriesComparison series)
    {
        string machine = series.MachineRatio is { } m ? Text($"; the machine alone: {m:0.000}×") : "";
        return Text($"batch {series.Batch}, {series.Callers} callers: throughput {series.ThroughputRatio:0.000}×") + machine;
    }

    public static string Ratio(double value) => value < 1000 ? Text($"{value:0.000}") : "∞";

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Slower => "slower",
        Verdict.Faster => "faster",
        Verdict.NotSlower => "not slower",
        _ => "undecided",
    };

    private static string Percent(double ratio) => Text($"{100 * (ratio - 1):+0.0;-0.0;0.0}");
}
