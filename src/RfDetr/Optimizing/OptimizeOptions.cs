using static RfDetr.Invariant;

namespace RfDetr;

/// <summary>
/// Rules by which <see cref="Detector.OptimizeForInference(OptimizeOptions, CancellationToken)"/> looks for the quickest way to
/// run a network.
/// </summary>
public sealed record OptimizeOptions
{
    /// <summary>
    /// Time spent on measured calls, more than 0 and at most an hour. Loading each candidate, about as long as loading the
    /// detector, comes on top.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most that results may differ from the unoptimized detector's, 0..1: in score, or in overlap times score (see
    /// <see cref="CandidateReport.Difference"/>).
    /// </summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>The same for candidates of less than single precision, 0..1.</summary>
    public double ReducedPrecisionTolerance { get; init; } = 0.1;

    /// <summary>True if candidates may compute less precisely than the detector was loaded for.</summary>
    public bool AllowReducedPrecision { get; init; }

    /// <summary>
    /// Batch sizes among which one is chosen for lists of images, 1..1024; single images decide about everything else.
    /// </summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4];

    /// <summary>
    /// Images that are shown to every candidate; empty: two drawn ones. Those the model knows objects in make the better test.
    /// </summary>
    public IReadOnlyList<Image> Probes { get; init; } = [];

    /// <summary>
    /// Folder of remembered choices; null: <c>optimized</c> beside the downloaded weights (<c>$RFDETR_HOME</c>, else
    /// <c>.rfdetr</c> in the user's home folder).
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>True to measure even if there is a remembered choice, which is replaced.</summary>
    public bool Refresh { get; init; }

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Budget <= TimeSpan.Zero || Budget > TimeSpan.FromHours(1))
            wrong.Add(Text($"{nameof(Budget)} is {Budget.TotalSeconds} s, expected more than 0 and at most 3600"));
        if (!(Tolerance is >= 0 and <= 1))
            wrong.Add(Text($"{nameof(Tolerance)} is {Tolerance}, expected 0..1"));
        if (!(ReducedPrecisionTolerance is >= 0 and <= 1))
            wrong.Add(Text($"{nameof(ReducedPrecisionTolerance)} is {ReducedPrecisionTolerance}, expected 0..1"));
        if (Batches is null or { Count: 0 } || Batches.Any(b => b is < 1 or > 1024))
            wrong.Add(
                Text(
                    $"{nameof(Batches)} is {(Batches is null ? "missing" : string.Join(',', Batches))}, expected whole "
                        + $"numbers from 1 to 1024"));
        if (Probes is null || Probes.Any(p => p is null))
            wrong.Add(Text($"{nameof(Probes)} is missing or has an image that is null"));
        if (wrong.Count > 0)
            throw new ArgumentException("optimize options: " + string.Join("; ", wrong));
    }

    /// <summary>The tolerance that holds for a choice.</summary>
    internal double ToleranceOf(EngineChoice choice) =>
        choice.IsReduced ? Math.Max(Tolerance, ReducedPrecisionTolerance) : Tolerance;
}
