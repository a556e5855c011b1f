namespace RfDetr;

/// <summary>
/// Measurements of <see cref="Detector.OptimizeForInference(OptimizeOptions, CancellationToken)"/>, its choice, and the reason.
/// </summary>
public sealed record OptimizationReport
{
    /// <summary>When it was measured, UTC.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>
    /// Machine, software and model that the choice holds for, one <c>name: value</c> each; on another one it is measured again.
    /// </summary>
    public required IReadOnlyList<string> Facts { get; init; }

    /// <summary>Seconds that measured calls were allowed to take.</summary>
    public required double BudgetSeconds { get; init; }

    /// <summary>Seconds that they took.</summary>
    public required double SpentSeconds { get; init; }

    /// <summary>
    /// The choice of the unoptimized detector: everything is compared with it, and it remains where nothing is better.
    /// </summary>
    public required EngineChoice Reference { get; init; }

    /// <summary>The choice that was made.</summary>
    public required EngineChoice Chosen { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// Everything that was considered, in the order in which it was tried; the first is the unoptimized detector.
    /// </summary>
    public required IReadOnlyList<CandidateReport> Candidates { get; init; }

    /// <summary>True if every candidate was measured or ruled out; false if the budget was too short for some.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>True if this was remembered and not measured now.</summary>
    public bool FromCache { get; init; }

    /// <summary>Problems besides the choice, e.g. that it could not be stored; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A table of the candidates with the reason, for people.</summary>
    public string ToText() => OptimizationText.Of(this);
}

/// <summary>Outcome of one candidate.</summary>
/// <param name="Choice">The way that it runs the network.</param>
/// <param name="Fate">Fate of the candidate.</param>
/// <param name="Calls">Measured calls.</param>
/// <param name="MedianMs">Median of their times in milliseconds per image; null without calls.</param>
/// <param name="Ratio">
/// Median of its times over those of <paramref name="Rival"/> in the same rounds; below 1 is quicker. Null where it was not
/// compared.
/// </param>
/// <param name="Rival">Candidate that it was measured in turn with: the best one until then.</param>
/// <param name="Difference">
/// The largest difference of any object from the unoptimized detector's: the change of its score, or its score times the part of
/// box or mask that do not overlap, whichever is more; an object that only one of them finds counts with its score. 0..1; null
/// where it was not looked at.
/// </param>
/// <param name="Reason">The fate in a sentence.</param>
public sealed record CandidateReport(
    EngineChoice Choice, CandidateFate Fate, int Calls, double? MedianMs, double? Ratio, EngineChoice? Rival, double? Difference,
    string Reason);

/// <summary>Reasons why a candidate was chosen or was not.</summary>
public enum CandidateFate
{
    /// <summary>It runs the optimized detector.</summary>
    Chosen,

    /// <summary>Another one was quicker.</summary>
    Slower,

    /// <summary>Not clearly quicker than one that comes before it.</summary>
    NotFaster,

    /// <summary>Its results differ from the unoptimized detector's by more than is tolerated.</summary>
    Different,

    /// <summary>It could not be loaded, or a call failed.</summary>
    Failed,

    /// <summary>The budget was spent before enough was known.</summary>
    NotMeasured,
}
