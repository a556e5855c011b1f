namespace RfDetr.Streams;

/// <summary>The use of the camera's motion.</summary>
public enum CameraMotionUse
{
    /// <summary>It is estimated from the frames for trackers that use it.</summary>
    Estimate,

    /// <summary>The camera is taken to stand still, which saves the time of estimating.</summary>
    StandsStill,
}

/// <summary>Settings of the way from frames to objects with ids and counts.</summary>
public sealed record TrackOptions
{
    /// <summary>The tracker; null to detect only.</summary>
    public TrackerKind? Tracker { get; init; } = TrackerKind.Default;

    /// <summary>
    /// Makes a tracker with settings of one's own in place of <see cref="Tracker"/>; called again after interruptions, so it must
    /// make a new one each time. Null for the default settings.
    /// </summary>
    public Func<Tracker>? CreateTracker { get; init; }

    /// <summary>
    /// The detections to keep. Trackers are shown weaker detections as well (<see cref="TrackerThreshold"/>);
    /// those that belong to no object are left out again.
    /// </summary>
    public DetectOptions Detect { get; init; } = DetectOptions.Default;

    /// <summary>
    /// The smallest score that trackers are shown, where it is below that of <see cref="Detect"/>; 0..1. SORT is shown nothing
    /// below that of <see cref="Detect"/>.
    /// </summary>
    public float TrackerThreshold { get; init; } = 0.1f;

    /// <summary>The use of the camera's motion.</summary>
    public CameraMotionUse CameraMotion { get; init; } = CameraMotionUse.Estimate;

    /// <summary>Cutting of frames into tiles for small objects; null: frames are seen whole.</summary>
    public TileDetectorOptions? Tiles { get; init; }

    /// <summary>Lines that count who crosses them. They need a tracker.</summary>
    public IReadOnlyList<CountingLine> Lines { get; init; } = [];

    /// <summary>Zones that count who enters and leaves them. They need a tracker.</summary>
    public IReadOnlyList<CountingZone> Zones { get; init; } = [];

    /// <summary>The time after which the stream is ended; null for its own end. From the first frame.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// Frames per run of the network, 1..64; null for the detector's preferred number. Live input runs one by one.
    /// </summary>
    public int? Batch { get; init; }

    /// <summary>
    /// Groups of frames in progress, 1..16: while the network runs for some, others are prepared. Null for two more than the
    /// processor has cores, at most 8. Live input has one, so that results are young.
    /// </summary>
    public int? Ahead { get; init; }

    internal int AheadOrDefault => Ahead ?? new StreamOptions().AheadOrDefault;

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Tracker is { } tracker && !Enum.IsDefined(tracker))
            wrong.Add($"{nameof(Tracker)} is {tracker}, which does not exist");
        if (!Enum.IsDefined(CameraMotion))
            wrong.Add($"{nameof(CameraMotion)} is {CameraMotion}, which does not exist");
        if (!(TrackerThreshold is >= 0 and <= 1))
            wrong.Add(Invariant.Text($"{nameof(TrackerThreshold)} is {TrackerThreshold}, expected 0..1"));
        if (Duration <= TimeSpan.Zero)
            wrong.Add($"{nameof(Duration)} is {Duration}, but must be above zero");
        if (Batch is < 1 or > 64)
            wrong.Add($"{nameof(Batch)} is {Batch}, expected 1..64");
        if (Ahead is < 1 or > 16)
            wrong.Add($"{nameof(Ahead)} is {Ahead}, expected 1..16");
        if (!Tracks && Lines.Count + Zones.Count > 0)
            wrong.Add("lines and zones count objects with ids, but there is no tracker");
        IEnumerable<string> names = Lines.Select(l => l.Name).Concat(Zones.Select(z => z.Name));
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            wrong.Add($"the name '{twice.Key}' stands for two lines or zones");
        if (wrong.Count > 0)
            throw new ArgumentException("track options: " + string.Join("; ", wrong));
    }

    /// <summary>
    /// The score above which detections are needed. Trackers continue objects with weak ones; SORT, which takes every detection
    /// for an object, gets none of them.
    /// </summary>
    internal float LowestScore => !Tracks || (CreateTracker is null && Tracker == TrackerKind.Sort)
        ? Detect.ScoreThreshold : Math.Min(TrackerThreshold, Detect.ScoreThreshold);

    internal bool Tracks => Tracker is not null || CreateTracker is not null;

    /// <summary>A tracker; null to detect only.</summary>
    internal Tracker? NewTracker() => CreateTracker?.Invoke() ?? Tracker switch
    {
        null => null,
        TrackerKind.Default => new DefaultTracker(DefaultsFor(Detect.ScoreThreshold)),
        { } kind => Trackers.Create(kind),
    };

    // Our own tracker begins objects a little below the threshold of detections: what was seen twice is more certain.
    private static DefaultTrackerOptions DefaultsFor(float threshold)
    {
        var defaults = new DefaultTrackerOptions();
        float high = threshold / DetectOptions.Default.ScoreThreshold * defaults.HighThreshold;
        return defaults with
        {
            HighThreshold = high,
            LowThreshold = Math.Min(defaults.LowThreshold, high),
            InstantThreshold = Math.Max(defaults.InstantThreshold, threshold),
        };
    }
}
