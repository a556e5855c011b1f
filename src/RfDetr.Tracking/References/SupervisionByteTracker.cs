namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="SupervisionByteTracker"/>; the defaults are the reference's.</summary>
public sealed record SupervisionByteTrackOptions
{
    /// <summary>Detections with a greater score are strong; those at least 0.1 above begin tracks; 0..1.</summary>
    public float ActivationThreshold { get; init; } = 0.25f;

    /// <summary>Number of frames for which a lost track is kept, at 30 frames per second; ≥ 0.</summary>
    public int BufferAt30 { get; init; } = 30;

    /// <summary>The largest cost at which a strong detection continues a track: 1 − IoU · score; 0..1.</summary>
    public double MatchingThreshold { get; init; } = 0.8;

    /// <summary>Frame rate of the stream, by which the buffer is scaled; above 0.</summary>
    public double FrameRate { get; init; } = 30;

    /// <summary>
    /// Number of consecutive sightings after the first one that confirm a track; ≥ 1. With 1, ids are drawn at birth and leave
    /// gaps.
    /// </summary>
    public int MinimumConsecutiveFrames { get; init; } = 1;

    internal void Validate() => new OptionProblems(nameof(SupervisionByteTrackOptions))
        .Between(nameof(ActivationThreshold), ActivationThreshold, 0, 1)
        .AtLeast(nameof(BufferAt30), BufferAt30, 0)
        .Between(nameof(MatchingThreshold), MatchingThreshold, 0, 1)
        .Between(nameof(FrameRate), FrameRate, 1e-3, 1e6)
        .AtLeast(nameof(MinimumConsecutiveFrames), MinimumConsecutiveFrames, 1)
        .Throw();

    internal ByteProfile ToProfile() => new()
    {
        High = Scores.Decimal(ActivationThreshold),
        New = Scores.Decimal(ActivationThreshold) + 0.1,
        MatchLimit = MatchingThreshold,
        BufferFrames = ByteProfile.Frames(FrameRate, BufferAt30),
        ToScore = Scores.Single,
        Clipped = true,
        ConfirmingUpdates = MinimumConsecutiveFrames,
        ReactivationConfirms = false,
        ForgetsRemoved = true,
        IdsAtBirth = MinimumConsecutiveFrames == 1,
        NewFilter = box => new HeightFilter(box),
    };
}

/// <summary>
/// The ByteTrack of roboflow/supervision 0.27, for results that agree with it. Ids go to the detections that overlap a confirmed
/// track's filter box, not to those that updated the track, so some detections get none. Counts frames, not time; classes play no
/// role.
/// </summary>
public sealed class SupervisionByteTracker : Tracker
{
    private const double ReportLimit = 0.5;

    private readonly ByteAssociation _association;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SupervisionByteTracker(SupervisionByteTrackOptions? options = null)
    {
        options ??= new SupervisionByteTrackOptions();
        options.Validate();
        _association = new ByteAssociation(options.ToProfile());
    }

    /// <inheritdoc/>
    private protected override void Clear() => _association.Clear();

    /// <inheritdoc/>
    private protected override void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        _association.Advance(detections, step, output.Ended);
        ByteTrack[] tracks = [.. _association.Tracked.Where(t => t.Confirmed)];
        BoxD[] boxes = [.. detections.ToArray().Select(d => BoxD.Of(d.Box))];
        int[] trackOf = CostMatrix.Of(boxes.Length, tracks.Length, (d, t) => 1 - boxes[d].IoU(tracks[t].Filter.Box))
            .SolveClipped(ReportLimit);
        for (int d = 0; d < trackOf.Length; d++)
        {
            if (trackOf[d] >= 0)
                output.Ids[d] = tracks[trackOf[d]].Id;
        }

        foreach (ByteTrack track in tracks)
        {
            int detection = Array.FindIndex(trackOf, t => t >= 0 && tracks[t] == track);
            if (track.Id >= 0)
                output.Tracks.Add(
                    new TrackState(track.Id, track.Filter.Box.ToXyxy(), detections[track.Detection].ClassId, detection));
        }
    }
}
