namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="SortTracker"/>; the defaults are the reference's.</summary>
public sealed record SortOptions
{
    /// <summary>Largest number of consecutive frames that an object may be missing without ending its track; ≥ 0.</summary>
    public int MaxAge { get; init; } = 1;

    /// <summary>Number of consecutive sightings after the first one that give an object its id; ≥ 0.</summary>
    public int MinHits { get; init; } = 3;

    /// <summary>The smallest IoU of a detection with a track's predicted box that continues the track; 0..1.</summary>
    public float IouThreshold { get; init; } = 0.3f;

    internal void Validate() => new OptionProblems(nameof(SortOptions))
        .AtLeast(nameof(MaxAge), MaxAge, 0)
        .AtLeast(nameof(MinHits), MinHits, 0)
        .Between(nameof(IouThreshold), IouThreshold, 0, 1)
        .Throw();
}

/// <summary>
/// SORT (A. Bewley et al., ICIP 2016), frame by frame as its authors' program numbers objects: ids are drawn at birth, so tracks
/// that are never reported leave gaps. Counts frames, not time; classes and scores play no role.
/// </summary>
public sealed class SortTracker : Tracker
{
    private readonly SortOptions _options;
    private readonly List<Track> _tracks = [];
    private int _lastId;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SortTracker(SortOptions? options = null)
    {
        _options = options ?? new SortOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    private protected override void Clear()
    {
        _tracks.Clear();
        _lastId = 0;
    }

    /// <inheritdoc/>
    private protected override void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        foreach (Track track in _tracks)
            track.Predict();
        RemoveWhere(track => double.IsNaN(track.Predicted.X1 + track.Predicted.Y1), output);

        BoxD[] boxes = [.. detections.ToArray().Select(d => BoxD.Of(d.Box))];
        var overlap = CostMatrix.Of(boxes.Length, _tracks.Count, (d, t) => boxes[d].IoU(_tracks[t].Predicted));
        SortAssociation found = SortAssociation.Of(overlap, null, _options.IouThreshold);
        foreach ((int detection, int track) in found.Matches)
            _tracks[track].Update(boxes[detection], detection);
        foreach (int detection in found.FreeDetections)
            _tracks.Add(new Track(++_lastId, boxes[detection], detection));

        foreach (Track track in _tracks)
        {
            if (track.SinceUpdate > 0 || (track.HitStreak < _options.MinHits && step.Index >= _options.MinHits))
                continue;
            output.Ids[track.Detection] = track.Id;
            output.Tracks.Add(
                new TrackState(track.Id, track.Filter.Box.ToXyxy(), detections[track.Detection].ClassId, track.Detection));
        }

        RemoveWhere(track => track.SinceUpdate > _options.MaxAge, output);
    }

    private void RemoveWhere(Predicate<Track> ended, TrackOutput output)
    {
        output.Ended.AddRange(_tracks.Where(t => ended(t)).Select(t => t.Id));
        _ = _tracks.RemoveAll(ended);
    }

    private sealed class Track(int id, in BoxD box, int detection)
    {
        public AreaFilter Filter = new(AreaBox.Of(box));

        public int Id => id;

        public BoxD Predicted { get; private set; }

        public int Detection { get; private set; } = detection;

        public int SinceUpdate { get; private set; }

        public int HitStreak { get; private set; }

        public void Predict()
        {
            Filter.Predict();
            Predicted = Filter.Box;
            if (SinceUpdate > 0)
                HitStreak = 0;
            SinceUpdate++;
        }

        public void Update(in BoxD box, int detection)
        {
            (SinceUpdate, Detection) = (0, detection);
            HitStreak++;
            Filter.Correct(AreaBox.Of(box));
        }
    }
}
