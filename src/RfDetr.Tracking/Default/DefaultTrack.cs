namespace RfDetr.Tracking;

/// <summary>A track of <see cref="DefaultTracker"/>.</summary>
internal sealed class DefaultTrack
{
    private readonly Dictionary<int, double> _votes = [];
    private MotionFilter _filter;
    private BoxD _lastSeen;

    public DefaultTrack(in BoxD box, TrackDetection first, int detection, double now)
    {
        _filter = new MotionFilter(box);
        Note(box, first, detection, now);
    }

    /// <summary>The reported id; <see cref="TrackIds.None"/> until the track is confirmed.</summary>
    public int Id { get; set; } = TrackIds.None;

    public bool Confirmed => Id >= 0;

    public int Sightings { get; private set; }

    /// <summary>Time of the last sighting, in seconds.</summary>
    public double SeenAt { get; private set; }

    /// <summary>The detection of this frame; −1 if there is none.</summary>
    public int Detection { get; private set; }

    /// <summary>Class of the last detection.</summary>
    public int ClassId { get; private set; }

    /// <summary>The class with the largest sum of scores; of equal ones the first to reach it.</summary>
    public int VotedClass { get; private set; }

    /// <summary>The filter's box.</summary>
    public BoxD Box => _filter.Box;

    /// <summary>The last detected box, moved with the camera.</summary>
    public BoxD LastSeen => _lastSeen;

    /// <summary>Deviation of the expected center, in pixels.</summary>
    public double Uncertainty => _filter.Uncertainty;

    /// <summary>True if the track was missing in the last frame.</summary>
    public bool Lost { get; private set; }

    public void Predict(double seconds, CameraMotion motion)
    {
        Lost = Detection < 0;
        Detection = -1;
        _filter.Predict(seconds, Lost);
        if (motion == CameraMotion.None)
            return;
        _filter.Move(motion);
        (double x, double y) = motion.Apply(_lastSeen.Center.X, _lastSeen.Center.Y);
        _lastSeen = BoxD.FromCenter(new Point2(x, y), MotionFilter.Zoom(motion) * _lastSeen.Size);
    }

    public void Update(in BoxD box, TrackDetection seen, int detection, double now)
    {
        _filter.Correct(box);
        Note(box, seen, detection, now);
    }

    private void Note(in BoxD box, TrackDetection seen, int detection, double now)
    {
        (_lastSeen, SeenAt, Detection, ClassId) = (box, now, detection, seen.ClassId);
        Sightings++;
        double sum = _votes[seen.ClassId] = _votes.GetValueOrDefault(seen.ClassId) + seen.Score;
        if (_votes.Count == 1 || sum > _votes[VotedClass])
            VotedClass = seen.ClassId;
    }
}
