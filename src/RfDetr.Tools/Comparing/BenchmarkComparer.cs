using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>Says whether one benchmark is slower than another, and how sure that is.</summary>
public static class BenchmarkComparer
{
    // Below this, an interval between percentiles of resampled medians promises more than it holds.
    private const int LeastSamples = 20;

    /// <summary>Compares B with A, the baseline.</summary>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; the reports have nothing in common; or they cannot be compared: the message lists what
    /// differs.
    /// </exception>
    public static BenchmarkComparison Compare(BenchmarkReport a, BenchmarkReport b, ComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        options ??= new ComparisonOptions();
        options.Validate();
        List<EnvironmentDifference> differences = EnvironmentDifferences.Find(a, b);
        if (!options.AnyEnvironment && differences.Any(d => d.Blocks))
        {
            string list = string.Join("; ", differences.Where(d => d.Blocks).Select(d => $"{d.Name}: {d.A} and {d.B}"));
            throw new ArgumentException(
                $"the reports cannot be compared, they differ in {list}; measure both alike, or say that it does not "
                    + $"matter (--any-environment)");
        }

        var series = new List<SeriesComparison>();
        foreach (BenchmarkSeries first in a.Series)
        {
            if (b.Series.FirstOrDefault(s => (s.Batch, s.Callers) == (first.Batch, first.Callers)) is { } second)
                series.Add(CompareSeries(first, second, options));
        }

        if (series.Count == 0)
            throw new ArgumentException($"the reports have no series in common: A has {List(a)}, B has {List(b)}");
        if (series.Any(s => s.Stages.All(stage => stage.Name != options.Metric)))
            throw new ArgumentException(
                $"the stage '{options.Metric}' was not measured in both reports; there are "
                    + $"{string.Join(", ", series[0].Stages.Select(s => s.Name))}");
        return new(options, differences, series, Accuracy(a, b, options));
    }

    private static SeriesComparison CompareSeries(BenchmarkSeries a, BenchmarkSeries b, ComparisonOptions options)
    {
        double? machine = a.Machine.SpinMs.Length > 0
            && b.Machine.SpinMs.Length > 0 && SampleStatistics.Median(a.Machine.SpinMs) is > 0 and var spin
            ? SampleStatistics.Median(b.Machine.SpinMs) / spin
            : null;
        var stages = new List<StageComparison>();
        foreach (StageSamples first in a.Stages)
        {
            if (b.Stage(first.Name) is { } second)
                stages.Add(CompareStage(first, second, machine, options));
        }

        double throughput = a.ImagesPerSecond > 0 ? b.ImagesPerSecond / a.ImagesPerSecond : 0;
        return new(a.Batch, a.Callers, stages, throughput, machine);
    }

    private static StageComparison CompareStage(StageSamples a, StageSamples b, double? machine, ComparisonOptions options)
    {
        RatioInterval ratio =
            BlockBootstrap.RatioOfMedians(a.Samples, b.Samples, options.Confidence, options.Resamples, options.Seed);
        (Verdict verdict, string? reason) = Judge(ratio, Math.Min(a.Samples.Length, b.Samples.Length), machine, options);
        return new(a.Name, SampleStatistics.Median(a.Samples), SampleStatistics.Median(b.Samples), ratio, verdict, reason);
    }

    private static (Verdict Verdict, string? Reason) Judge(
        RatioInterval ratio, int samples, double? machine, ComparisonOptions options)
    {
        double limit = 1 + options.MaxSlowdown;
        if (samples < LeastSamples)
            return (Verdict.Undecided, Text($"{samples} samples are too few to say, take at least {LeastSamples}"));
        if (ratio.Low > limit)
        {
            // What the machine alone accounts for is not the model's doing.
            return machine > 1 && ratio.Low / machine <= limit
                ? (Verdict.Undecided, Text($"the machine itself was {100 * (machine - 1):0.0} % slower in B; measure again"))
                : (Verdict.Slower, null);
        }

        if (ratio.High < 1 / limit)
        {
            return machine < 1 && ratio.High / machine >= 1 / limit
                ? (Verdict.Undecided, Text($"the machine itself was {100 * (1 - machine):0.0} % faster in B; measure again"))
                : (Verdict.Faster, null);
        }

        return ratio.High <= limit
            ? (Verdict.NotSlower, null)
            : (Verdict.Undecided, "the accepted slow-down lies within the interval; take more samples on a quieter machine");
    }

    private static List<AccuracyComparison> Accuracy(BenchmarkReport a, BenchmarkReport b, ComparisonOptions options)
    {
        if (options.MaxApDrop is not null && (a.Accuracy is null || b.Accuracy is null))
            throw new ArgumentException(
                $"report {(a.Accuracy is null ? "A" : "B")} has no average precision, so its loss cannot be judged; "
                    + $"measure both with --data");
        if (a.Accuracy is not { } x || b.Accuracy is not { } y)
            return [];
        if (options.MaxApDrop is not null && !options.AnyEnvironment && (x.DataSet, x.Images) != (y.DataSet, y.Images))
            throw new ArgumentException(
                Text(
                    $"average precision was measured on different data: '{x.DataSet}' ({x.Images} images) and "
                        + $"'{y.DataSet}' ({y.Images} images)"));
        List<AccuracyComparison> all = [new("boxes", x.BoxAp, y.BoxAp, Lost(x.BoxAp, y.BoxAp, options))];
        if (x.MaskAp is { } p && y.MaskAp is { } q)
            all.Add(new("masks", p, q, Lost(p, q, options)));
        return all;
    }

    // A hair's breadth of rounding does not fail a gate at its very limit.
    private static bool Lost(double a, double b, ComparisonOptions options) => a - b > options.MaxApDrop + 1e-12;

    private static string List(BenchmarkReport report) =>
        string.Join(", ", report.Series.Select(s => Text($"batch {s.Batch} with {s.Callers} callers")));
}
