namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="TrackersByteTracker"/>; the defaults are the reference's.</summary>
public sealed record TrackersByteTrackOptions
{
    /// <summary>Number of frames for which a lost track is kept, at 30 frames per second; ≥ 0.</summary>
    public int BufferAt30 { get; init; } = 30;

    /// <summary>Frame rate of the stream, by which the buffer is scaled; above 0.</summary>
    public double FrameRate { get; init; } = 30;

    /// <summary>Strong detections of at least this score begin tracks; 0..1.</summary>
    public float ActivationThreshold { get; init; } = 0.7f;

    /// <summary>Number of sightings, the first included, that give an object its id; ≥ 1.</summary>
    public int MinimumConsecutiveFrames { get; init; } = 2;

    /// <summary>The smallest IoU of a detection with a track's box that continues the track; 0..1.</summary>
    public double MinimumIou { get; init; } = 0.1;

    /// <summary>Detections of at least this score are strong; 0..1.</summary>
    public float HighThreshold { get; init; } = 0.6f;

    internal void Validate() => new OptionProblems(nameof(TrackersByteTrackOptions))
        .AtLeast(nameof(BufferAt30), BufferAt30, 0)
        .Between(nameof(FrameRate), FrameRate, 1e-3, 1e6)
        .Between(nameof(ActivationThreshold), ActivationThreshold, 0, 1)
        .AtLeast(nameof(MinimumConsecutiveFrames), MinimumConsecutiveFrames, 1)
        .Between(nameof(MinimumIou), MinimumIou, 0, 1)
        .Between(nameof(HighThreshold), HighThreshold, 0, 1)
        .Throw();
}

/// <summary>
/// The ByteTrack of roboflow/trackers 2.2, for results that agree with it: ids begin at 0 and are drawn when a track is mature,
/// weak detections may continue lost tracks, too. Counts frames, not time; classes play no role.
/// </summary>
public sealed class TrackersByteTracker : Tracker
{
    private readonly TrackersByteTrackOptions _options;
    private readonly List<CornerTrack> _tracks = [];
    private int _nextId;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TrackersByteTracker(TrackersByteTrackOptions? options = null)
    {
        _options = options ?? new TrackersByteTrackOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    private protected override void Clear()
    {
        _tracks.Clear();
        _nextId = 0;
    }

    /// <inheritdoc/>
    private protected override void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        Candidate[] all = [.. detections.ToArray().Select((d, i) => new Candidate(i, BoxD.Of(d.Box), Scores.Single(d.Score)))];

        // The reference splits in single precision, but compares with the activation threshold in double precision.
        Candidate[] strong = [.. all.Where(c => (float)c.Score >= _options.HighThreshold)];
        Candidate[] weak = [.. all.Where(c => (float)c.Score < _options.HighThreshold)];
        foreach (CornerTrack track in _tracks)
            track.Predict();

        List<CornerTrack> free = Round(_tracks, strong, detections, output, out Candidate[] left);
        _ = Round(free, weak, detections, output, out _);
        foreach (Candidate candidate in left)
        {
            // The reference does not even return a strong detection that continues no track and is too weak to begin one.
            if (candidate.Score < Scores.Decimal(_options.ActivationThreshold))
                output.Ids[candidate.Index] = TrackIds.Dropped;
            else
                _tracks.Add(new CornerTrack(candidate.Box));
        }

        int buffer = ByteProfile.Frames(_options.FrameRate, _options.BufferAt30);
        CornerTrack.RemoveDead(_tracks, _options.MinimumConsecutiveFrames, buffer, output.Ended);
    }

    // Returns the tracks that found nothing.
    private List<CornerTrack> Round(
        List<CornerTrack> tracks,
        Candidate[] candidates,
        ReadOnlySpan<TrackDetection> detections,
        TrackOutput output,
        out Candidate[] left)
    {
        int[] boxOf = CornerTrack.Pair(tracks, [.. candidates.Select(c => c.Box)], _options.MinimumIou);
        left = [.. candidates.Where((_, i) => !boxOf.Contains(i))];
        var free = new List<CornerTrack>();
        for (int t = 0; t < boxOf.Length; t++)
        {
            CornerTrack track = tracks[t];
            if (boxOf[t] < 0)
            {
                free.Add(track);
                continue;
            }

            Candidate seen = candidates[boxOf[t]];
            track.Update(seen.Box);
            if (track.Id < 0 && track.Sightings >= _options.MinimumConsecutiveFrames)
                track.Id = _nextId++;
            output.Ids[seen.Index] = track.Id;
            if (track.Id >= 0)
                output.Tracks.Add(new TrackState(track.Id, track.Box.ToXyxy(), detections[seen.Index].ClassId, seen.Index));
        }

        return free;
    }
}
