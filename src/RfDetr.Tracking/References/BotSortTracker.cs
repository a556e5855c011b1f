namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="BotSortTracker"/>; the defaults are the reference's.</summary>
public sealed record BotSortOptions
{
    /// <summary>Detections with a greater score are strong; 0..1.</summary>
    public float HighThreshold { get; init; } = 0.6f;

    /// <summary>Detections up to this score are ignored; 0..1, at most <see cref="HighThreshold"/>.</summary>
    public float LowThreshold { get; init; } = 0.1f;

    /// <summary>Strong detections of at least this score begin tracks; 0..1.</summary>
    public float NewThreshold { get; init; } = 0.7f;

    /// <summary>Number of frames for which a lost track is kept, at 30 frames per second; ≥ 0.</summary>
    public int BufferAt30 { get; init; } = 30;

    /// <summary>
    /// The largest cost at which a strong detection continues a track: 1 minus IoU, times score where fused; 0..1.
    /// </summary>
    public double MatchThreshold { get; init; } = 0.8;

    /// <summary>True if IoU is multiplied by the score; the reference's option <c>mot20</c> switches it off.</summary>
    public bool FuseScores { get; init; } = true;

    /// <summary>Frame rate of the stream, by which the buffer is scaled; above 0.</summary>
    public double FrameRate { get; init; } = 30;

    /// <summary>True if the motion of the camera is used where it is given; see <see cref="CameraMotionEstimator"/>.</summary>
    public bool UseCameraMotion { get; init; } = true;

    internal void Validate() => new OptionProblems(nameof(BotSortOptions))
        .Between(nameof(HighThreshold), HighThreshold, 0, 1)
        .Between(nameof(LowThreshold), LowThreshold, 0, 1)
        .Require(LowThreshold <= HighThreshold,
            $"{nameof(LowThreshold)} is {LowThreshold}, above {nameof(HighThreshold)} {HighThreshold}")
        .Between(nameof(NewThreshold), NewThreshold, 0, 1)
        .AtLeast(nameof(BufferAt30), BufferAt30, 0)
        .Between(nameof(MatchThreshold), MatchThreshold, 0, 1)
        .Between(nameof(FrameRate), FrameRate, 1e-3, 1e6)
        .Throw();

    internal ByteProfile ToProfile() => new()
    {
        High = Scores.Decimal(HighThreshold),
        Low = Scores.Decimal(LowThreshold),
        New = Scores.Decimal(NewThreshold),
        MatchLimit = MatchThreshold,
        FuseScores = FuseScores,
        BufferFrames = ByteProfile.Frames(FrameRate, BufferAt30),
        Pixel = 1,
        NewFilter = box => new SizeFilter(box),
    };
}

/// <summary>
/// BoT-SORT (N. Aharon et al., 2022) without re-identification, frame by frame as its authors' program numbers objects. Takes the
/// motion of the camera into account where it is given. Counts frames, not time; classes play no role. Objects have their ids at
/// once.
/// </summary>
public sealed class BotSortTracker : Tracker
{
    private readonly BotSortOptions _options;
    private readonly ByteAssociation _association;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public BotSortTracker(BotSortOptions? options = null)
    {
        _options = options ?? new BotSortOptions();
        _options.Validate();
        _association = new ByteAssociation(_options.ToProfile());
    }

    /// <inheritdoc/>
    public override bool UsesCameraMotion => _options.UseCameraMotion;

    /// <inheritdoc/>
    private protected override void Clear() => _association.Clear();

    /// <inheritdoc/>
    private protected override void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        _association.Advance(
            detections, _options.UseCameraMotion ? step : step with { Motion = CameraMotion.None }, output.Ended);
        foreach (ByteTrack track in _association.Tracked)
            output.Report(track, detections);
    }
}
