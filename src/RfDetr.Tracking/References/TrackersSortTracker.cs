namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="TrackersSortTracker"/>; the defaults are the reference's.</summary>
public sealed record TrackersSortOptions
{
    /// <summary>Number of frames for which a lost track is kept, at 30 frames per second; ≥ 0.</summary>
    public int BufferAt30 { get; init; } = 30;

    /// <summary>Frame rate of the stream, by which the buffer is scaled; above 0.</summary>
    public double FrameRate { get; init; } = 30;

    /// <summary>Detections of at least this score begin tracks; 0..1.</summary>
    public float ActivationThreshold { get; init; } = 0.25f;

    /// <summary>Number of sightings, the first included, that give an object its id; ≥ 1.</summary>
    public int MinimumConsecutiveFrames { get; init; } = 3;

    /// <summary>The smallest IoU of a detection with a track's box that continues the track; 0..1.</summary>
    public double MinimumIou { get; init; } = 0.3;

    internal void Validate() => new OptionProblems(nameof(TrackersSortOptions))
        .AtLeast(nameof(BufferAt30), BufferAt30, 0)
        .Between(nameof(FrameRate), FrameRate, 1e-3, 1e6)
        .Between(nameof(ActivationThreshold), ActivationThreshold, 0, 1)
        .AtLeast(nameof(MinimumConsecutiveFrames), MinimumConsecutiveFrames, 1)
        .Between(nameof(MinimumIou), MinimumIou, 0, 1)
        .Throw();
}

/// <summary>
/// The SORT of roboflow/trackers 2.2, for results that agree with it: ids begin at 0, are drawn at the third sighting, and are
/// handed out by a second, greedy pass over filter boxes. Counts frames, not time; classes play no role.
/// </summary>
public sealed class TrackersSortTracker : Tracker
{
    private readonly TrackersSortOptions _options;
    private readonly List<CornerTrack> _tracks = [];
    private int _nextId;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TrackersSortTracker(TrackersSortOptions? options = null)
    {
        _options = options ?? new TrackersSortOptions();
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
        foreach (CornerTrack track in _tracks)
            track.Predict();
        BoxD[] boxes = [.. detections.ToArray().Select(d => BoxD.Of(d.Box))];
        int[] boxOf = CornerTrack.Pair(_tracks, boxes, _options.MinimumIou);
        for (int t = 0; t < boxOf.Length; t++)
        {
            if (boxOf[t] >= 0)
                _tracks[t].Update(boxes[boxOf[t]]);
        }

        for (int d = 0; d < boxes.Length; d++)
        {
            if (!boxOf.Contains(d) && Scores.Single(detections[d].Score) >= Scores.Decimal(_options.ActivationThreshold))
                _tracks.Add(new CornerTrack(boxes[d]));
        }

        int buffer = ByteProfile.Frames(_options.FrameRate, _options.BufferAt30);
        CornerTrack.RemoveDead(_tracks, _options.MinimumConsecutiveFrames, buffer, output.Ended);
        HandOut(detections, boxes, output);
    }

    // The largest overlaps first; immature tracks take a detection, too, but give it no id.
    private void HandOut(ReadOnlySpan<TrackDetection> detections, BoxD[] boxes, TrackOutput output)
    {
        var pairs = new List<(int Track, int Detection, double Overlap)>();
        for (int t = 0; t < _tracks.Count; t++)
        {
            for (int d = 0; d < boxes.Length; d++)
            {
                double overlap = _tracks[t].Box.IoU(boxes[d]);
                if (overlap > _options.MinimumIou)
                    pairs.Add((t, d, overlap));
            }
        }

        var used = new bool[_tracks.Count];
        var given = new bool[boxes.Length];
        foreach ((int t, int d, _) in pairs.OrderByDescending(p => p.Overlap))
        {
            if (used[t] || given[d])
                continue;
            (used[t], given[d]) = (true, true);
            CornerTrack track = _tracks[t];
            if (track.Sightings < _options.MinimumConsecutiveFrames)
                continue;
            if (track.Id < 0)
                track.Id = _nextId++;
            output.Ids[d] = track.Id;
            output.Tracks.Add(new TrackState(track.Id, track.Box.ToXyxy(), detections[d].ClassId, d));
        }
    }
}
