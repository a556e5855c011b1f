using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>Reasons not to trust a measurement.</summary>
internal static class BenchmarkDoubts
{
    // Where the machine alone varies as much, differences of a few percent between models cannot be seen.
    private const double MostNoise = 0.1, MostDrift = 0.03, MostOthers = 0.1;

    /// <summary>One line for each series that is in doubt.</summary>
    public static IEnumerable<string> Of(BenchmarkReport report) =>
        (report ?? throw new ArgumentNullException(nameof(report))).Series
        .Select(series => (series, doubts: string.Join("; ", Of(series))))
        .Where(s => s.doubts.Length > 0)
        .Select(s => $"{BenchmarkText.Name(s.series)}: {s.doubts}");

    private static IEnumerable<string> Of(BenchmarkSeries series)
    {
        MachineState m = series.Machine;
        if (m.OthersShare is { } others and > MostOthers)
            yield return Text($"other programs used {100 * others:0} % of the processor");
        if (m.NoiseFloor is { } noise and > MostNoise)
            yield return Text($"the machine alone varies by {100 * noise:0} % (p10 to p90 of a fixed loop)");
        if (m.SpinDrift is { } spin and > 1 + MostDrift)
            yield return Text(
                $"the processor became {100 * (spin - 1):0.0} % slower from the first third to the last (heat, or other "
                    + $"programs)");
        else if (m.CallDrift is { } drift && Math.Abs(drift - 1) > MostDrift)
            yield return Text(
                $"calls became {100 * Math.Abs(drift - 1):0.0} % {(drift > 1 ? "slower" : "faster")} from the first "
                    + $"third to the last; more --warmup may help");
        if (series.Stages[0].Samples.Length < 30)
            yield return Text($"{series.Stages[0].Samples.Length} calls are few; p95 and p99 say little");
    }
}
