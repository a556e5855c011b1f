namespace RfDetr.Tracking;

/// <summary>Settings of <see cref="OcSortTracker"/>; the defaults are the reference's.</summary>
public sealed record OcSortOptions
{
    /// <summary>Only detections with a greater score begin or continue tracks; 0..1.</summary>
    public float DetectionThreshold { get; init; } = 0.6f;

    /// <summary>Largest number of consecutive frames that an object may be missing without ending its track; ≥ 0.</summary>
    public int MaxAge { get; init; } = 30;

    /// <summary>Number of consecutive sightings after the first one that give an object its id; ≥ 0.</summary>
    public int MinHits { get; init; } = 3;

    /// <summary>The smallest IoU of a detection with a track's box that continues the track; 0..1.</summary>
    public float IouThreshold { get; init; } = 0.3f;

    /// <summary>Number of frames over which the direction of motion is measured; ≥ 1.</summary>
    public int DirectionFrames { get; init; } = 3;

    /// <summary>Weight of the agreement of directions beside the IoU; ≥ 0.</summary>
    public double Inertia { get; init; } = 0.2;

    /// <summary>True if detections with a score between 0.1 and <see cref="DetectionThreshold"/> may continue tracks.</summary>
    public bool UseLowScores { get; init; }

    internal void Validate() => new OptionProblems(nameof(OcSortOptions))
        .Between(nameof(DetectionThreshold), DetectionThreshold, 0, 1)
        .AtLeast(nameof(MaxAge), MaxAge, 0)
        .AtLeast(nameof(MinHits), MinHits, 0)
        .Between(nameof(IouThreshold), IouThreshold, 0, 1)
        .AtLeast(nameof(DirectionFrames), DirectionFrames, 1)
        .AtLeast(nameof(Inertia), Inertia, 0)
        .Throw();
}

/// <summary>
/// OC-SORT (J. Cao et al., "Observation-centric SORT", CVPR 2023), frame by frame as its authors' program numbers objects. Counts
/// frames, not time; classes play no role.
/// </summary>
public sealed class OcSortTracker : Tracker
{
    private const double LowestScore = 0.1;

    private readonly OcSortOptions _options;
    private readonly List<OcSortTrack> _tracks = [];
    private int _lastId;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OcSortTracker(OcSortOptions? options = null)
    {
        _options = options ?? new OcSortOptions();
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
        Candidate[] all = [.. detections.ToArray().Select((d, i) => new Candidate(i, BoxD.Of(d.Box), Scores.Decimal(d.Score)))];
        double threshold = Scores.Decimal(_options.DetectionThreshold);
        Candidate[] strong = [.. all.Where(c => c.Score > threshold)];
        Candidate[] weak = [.. all.Where(c => c.Score > LowestScore && c.Score < threshold)];
        foreach (OcSortTrack track in _tracks)
            track.Predict();
        RemoveWhere(track => double.IsNaN(track.Predicted.X1 + track.Predicted.Y1), output);

        var overlap = CostMatrix.Of(strong.Length, _tracks.Count, (d, t) => strong[d].Box.IoU(_tracks[t].Predicted));
        var direction = CostMatrix.Of(
            strong.Length, _tracks.Count, (d, t) => _tracks[t].Agreement(strong[d].Box) * _options.Inertia * strong[d].Score);
        SortAssociation found = SortAssociation.Of(overlap, direction, _options.IouThreshold);
        Update(strong, found.Matches);
        if (_options.UseLowScores && weak.Length > 0 && found.FreeTracks.Count > 0)
        {
            CostMatrix left = Overlaps(weak, found.FreeTracks, t => t.Predicted);
            Update(weak, found.Again(left, [.. Enumerable.Range(0, weak.Length)], _options.IouThreshold, false));
        }

        if (found.FreeDetections.Count > 0 && found.FreeTracks.Count > 0)
        {
            // Recovery: a standing object is found where it was last seen, though the filter has moved on.
            CostMatrix left = Overlaps([.. found.FreeDetections.Select(d => strong[d])], found.FreeTracks, t => t.LastSeen);
            Update(strong, found.Again(left, found.FreeDetections, _options.IouThreshold, true));
        }

        foreach (int track in found.FreeTracks)
            _tracks[track].Miss();
        foreach (int detection in found.FreeDetections)
            _tracks.Add(new OcSortTrack(++_lastId, strong[detection], _options.DirectionFrames));
        Report(detections, step, output);
        RemoveWhere(track => track.SinceUpdate > _options.MaxAge, output);
    }

    private CostMatrix Overlaps(Candidate[] candidates, List<int> tracks, Func<OcSortTrack, BoxD> box) =>
        CostMatrix.Of(candidates.Length, tracks.Count, (d, t) => candidates[d].Box.IoU(box(_tracks[tracks[t]])));

    private void Update(Candidate[] candidates, List<(int Detection, int Track)> matches)
    {
        foreach ((int detection, int track) in matches)
            _tracks[track].Update(candidates[detection]);
    }

    private void Report(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        foreach (OcSortTrack track in _tracks)
        {
            if (track.SinceUpdate > 0 || (track.HitStreak < _options.MinHits && step.Index >= _options.MinHits))
                continue;
            output.Ids[track.Detection] = track.Id;
            output.Tracks.Add(new TrackState(track.Id, track.Box.ToXyxy(), detections[track.Detection].ClassId, track.Detection));
        }
    }

    private void RemoveWhere(Predicate<OcSortTrack> ended, TrackOutput output)
    {
        output.Ended.AddRange(_tracks.Where(t => ended(t)).Select(t => t.Id));
        _ = _tracks.RemoveAll(ended);
    }
}
