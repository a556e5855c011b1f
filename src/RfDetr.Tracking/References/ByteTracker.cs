namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="ByteTracker"/>; the defaults are the reference's.</summary>
public sealed record ByteTrackOptions
{
    /// <summary>Detections with a greater score are strong; those at least 0.1 above begin tracks; 0..1.</summary>
    public float TrackThreshold { get; init; } = 0.5f;

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

    internal void Validate() => new OptionProblems(nameof(ByteTrackOptions))
        .Between(nameof(TrackThreshold), TrackThreshold, 0, 1)
        .AtLeast(nameof(BufferAt30), BufferAt30, 0)
        .Between(nameof(MatchThreshold), MatchThreshold, 0, 1)
        .Between(nameof(FrameRate), FrameRate, 1e-3, 1e6)
        .Throw();

    internal ByteProfile ToProfile() => new()
    {
        High = Scores.Decimal(TrackThreshold),
        New = Scores.Decimal(TrackThreshold) + 0.1,
        MatchLimit = MatchThreshold,
        FuseScores = FuseScores,
        BufferFrames = ByteProfile.Frames(FrameRate, BufferAt30),
        Pixel = 1,
        NewFilter = box => new HeightFilter(box),
    };
}

/// <summary>
/// ByteTrack (Y. Zhang et al., ECCV 2022), frame by frame as its authors' program numbers objects. Counts frames, not time;
/// classes play no role. Objects have their ids from the second sighting on.
/// </summary>
public sealed class ByteTracker : Tracker
{
    private readonly ByteAssociation _association;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ByteTracker(ByteTrackOptions? options = null)
    {
        options ??= new ByteTrackOptions();
        options.Validate();
        _association = new ByteAssociation(options.ToProfile());
    }

    /// <inheritdoc/>
    private protected override void Clear() => _association.Clear();

    /// <inheritdoc/>
    private protected override void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        _association.Advance(detections, step, output.Ended);
        foreach (ByteTrack track in _association.Tracked)
        {
            if (track.Confirmed)
                output.Report(track, detections);
        }
    }
}
