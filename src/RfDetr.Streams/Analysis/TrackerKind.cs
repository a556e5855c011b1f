namespace RfDetr.Streams;

/// <summary>The trackers to choose from; docs/tracking.md compares them.</summary>
public enum TrackerKind
{
    /// <summary>Our own tracker, and the one to begin with.</summary>
    Default,

    /// <summary>ByteTrack.</summary>
    ByteTrack,

    /// <summary>OC-SORT.</summary>
    OcSort,

    /// <summary>BoT-SORT without re-identification.</summary>
    BotSort,

    /// <summary>SORT.</summary>
    Sort,
}

/// <summary>Makes trackers.</summary>
public static class Trackers
{
    /// <summary>A tracker for one stream, with its default settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static Tracker Create(TrackerKind kind) => kind switch
    {
        TrackerKind.Default => new DefaultTracker(),
        TrackerKind.ByteTrack => new ByteTracker(),
        TrackerKind.OcSort => new OcSortTracker(),
        TrackerKind.BotSort => new BotSortTracker(),
        TrackerKind.Sort => new SortTracker(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This tracker does not exist."),
    };
}
