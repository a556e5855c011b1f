namespace RfDetr.Tools;

/// <summary>Conclusions about a slow-down.</summary>
public enum Verdict
{
    /// <summary>The interval lies below 1 by more than the accepted slow-down would be above it.</summary>
    Faster,

    /// <summary>The interval ends below the accepted slow-down.</summary>
    NotSlower,

    /// <summary>
    /// The accepted slow-down lies inside the interval, there are too few samples, or the machine explains the difference.
    /// </summary>
    Undecided,

    /// <summary>The interval begins above the accepted slow-down.</summary>
    Slower,
}

/// <summary>A ratio with the interval that holds the true one with the wanted confidence.</summary>
/// <param name="Value">B over A: above 1, B takes longer.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct RatioInterval(double Value, double Low, double High);

/// <summary>One stage in both reports.</summary>
/// <param name="Name">One of <see cref="BenchmarkStages"/>.</param>
/// <param name="MedianA">Median of A in milliseconds per call.</param>
/// <param name="MedianB">Median of B in milliseconds per call.</param>
/// <param name="Ratio">Ratio of the medians.</param>
/// <param name="Verdict">Conclusion.</param>
/// <param name="Reason">Why it is undecided; null otherwise.</param>
public sealed record StageComparison(
    string Name, double MedianA, double MedianB, RatioInterval Ratio, Verdict Verdict, string? Reason);

/// <summary>One series in both reports.</summary>
/// <param name="Batch">Images per call.</param>
/// <param name="Callers">Threads that called.</param>
/// <param name="Stages">The stages that both have.</param>
/// <param name="ThroughputRatio">Images per second of B over those of A: above 1, B is faster.</param>
/// <param name="MachineRatio">
/// Time of the calibrated loop in B over that in A: above 1, the machine was slower in B. Null without it.
/// </param>
public sealed record SeriesComparison(
    int Batch, int Callers, IReadOnlyList<StageComparison> Stages, double ThroughputRatio, double? MachineRatio);

/// <summary>Average precision in both reports, 0..1.</summary>
/// <param name="Kind"><c>boxes</c> or <c>masks</c>.</param>
/// <param name="A">Of A.</param>
/// <param name="B">Of B.</param>
/// <param name="Failed">True if B lost more than is accepted.</param>
public sealed record AccuracyComparison(string Kind, double A, double B, bool Failed);

/// <summary>Something that is not the same in both reports.</summary>
/// <param name="Name">Name of the fact.</param>
/// <param name="A">In A.</param>
/// <param name="B">In B.</param>
/// <param name="Blocks">True if times cannot be compared because of it; false if it may be just what is to be compared.</param>
public sealed record EnvironmentDifference(string Name, string A, string B, bool Blocks);

/// <summary>The outcome of <see cref="BenchmarkComparer.Compare"/>.</summary>
/// <param name="Options">When a difference counts.</param>
/// <param name="Differences">Other differences.</param>
/// <param name="Series">The series that both reports have.</param>
/// <param name="Accuracy">Average precisions that both reports have.</param>
public sealed record BenchmarkComparison(
    ComparisonOptions Options, IReadOnlyList<EnvironmentDifference> Differences, IReadOnlyList<SeriesComparison> Series,
    IReadOnlyList<AccuracyComparison> Accuracy)
{
    /// <summary>The worst verdict on the metric that decides, over all series.</summary>
    public Verdict Verdict => Series.SelectMany(s => s.Stages).Where(s => s.Name == Options.Metric).Max(s => s.Verdict);

    /// <summary>False if B is slower or less accurate than accepted. An undecided verdict passes: nothing is proven.</summary>
    public bool Passed => Verdict != Verdict.Slower && !Accuracy.Any(a => a.Failed);
}
