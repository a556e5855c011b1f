namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="DefaultTracker"/>.</summary>
public sealed record DefaultTrackerOptions
{
    /// <summary>Detections of at least this score are sought for first, and may begin tracks; 0..1.</summary>
    public float HighThreshold { get; init; } = 0.4f;

    /// <summary>Detections of at least this score may continue tracks; 0..1, at most <see cref="HighThreshold"/>.</summary>
    public float LowThreshold { get; init; } = 0.1f;

    /// <summary>
    /// A new object of at least this score has its id at once; others at their second sighting. Above 1: never.
    /// </summary>
    public float InstantThreshold { get; init; } = 0.8f;

    /// <summary>The smallest IoU of a detection with the box where an object is expected; 0..1.</summary>
    public double MinimumIou { get; init; } = 0.2;

    /// <summary>Time for which an object that is out of sight keeps its id; above zero.</summary>
    public TimeSpan LostTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for which a single sighting waits for the second one, at least until the next frame; not negative.</summary>
    public TimeSpan ConfirmTime { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>
    /// A new detection that overlaps an object by more than this IoU is a second box of that object and begins no track; 0..1.
    /// </summary>
    public double DuplicateIou { get; init; } = 0.7;

    /// <summary>The meaning of classes.</summary>
    public ClassRule ClassRule { get; init; } = ClassRule.Vote;

    /// <summary>True if the motion of the camera is used where it is given.</summary>
    public bool UseCameraMotion { get; init; } = true;

    internal void Validate() => new OptionProblems(nameof(DefaultTrackerOptions))
        .Between(nameof(HighThreshold), HighThreshold, 0, 1)
        .Between(nameof(LowThreshold), LowThreshold, 0, 1)
        .Require(!(LowThreshold > HighThreshold),
            $"{nameof(LowThreshold)} is {LowThreshold}, above {nameof(HighThreshold)} {HighThreshold}")
        .AtLeast(nameof(InstantThreshold), InstantThreshold, 0)
        .Between(nameof(MinimumIou), MinimumIou, 0, 1)
        .Require(LostTime > TimeSpan.Zero, $"{nameof(LostTime)} is {LostTime}, but must be above zero")
        .Require(ConfirmTime >= TimeSpan.Zero, $"{nameof(ConfirmTime)} is {ConfirmTime}, but must not be negative")
        .Between(nameof(DuplicateIou), DuplicateIou, 0, 1)
        .Defined(nameof(ClassRule), ClassRule)
        .Throw();
}
