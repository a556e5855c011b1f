namespace RfDetr.Tracking;

/// <summary>Settings of a <see cref="PolygonZone"/>.</summary>
public sealed record PolygonZoneOptions
{
    /// <summary>Points of a box that must all be inside; the middle of the lower edge by default.</summary>
    public IReadOnlyList<Anchor> Anchors { get; init; } = [Anchor.BottomCenter];

    /// <summary>
    /// Time that an object must stay inside, or outside, before it has entered or left; 0 by default. Events carry the time of
    /// the first frame on the new side, not of the frame in which this was certain.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    /// <summary>An object inside that was out of sight for longer has left; above zero.</summary>
    public TimeSpan LongestGap { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Length of an interval of <see cref="PolygonZone.History"/>; above zero.</summary>
    public TimeSpan HistoryInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Number of intervals that are kept; 1..1,000,000.</summary>
    public int HistoryLength { get; init; } = 24 * 60;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Anchors);
        new OptionProblems(nameof(PolygonZoneOptions))
            .Require(
                Anchors.Count > 0 && Anchors.All(Enum.IsDefined),
                $"{nameof(Anchors)} must name at least one anchor, and existing ones")
            .Require(Settle >= TimeSpan.Zero, $"{nameof(Settle)} is {Settle}, but must not be negative")
            .Require(LongestGap > TimeSpan.Zero, $"{nameof(LongestGap)} is {LongestGap}, but must be above zero")
            .Require(HistoryInterval > TimeSpan.Zero, $"{nameof(HistoryInterval)} is {HistoryInterval}, but must be above zero")
            .Between(nameof(HistoryLength), HistoryLength, 1, 1_000_000)
            .Throw();
    }
}

/// <summary>An object that is inside a zone.</summary>
/// <param name="TrackId">The object's id.</param>
/// <param name="ClassId">Its class when it was last seen.</param>
/// <param name="Since">Time at which it entered.</param>
/// <param name="LastSeen">Time at which it was last seen.</param>
public readonly record struct ZoneOccupant(int TrackId, int ClassId, TimeSpan Since, TimeSpan LastSeen);

/// <summary>
/// A polygon that notices objects entering and leaving, by exact even-odd geometry; the border is inside. Not safe for use by
/// several threads at once. State is kept for objects seen within <see cref="PolygonZoneOptions.LongestGap"/> only.
/// </summary>
public sealed class PolygonZone
{
    private readonly PolygonZoneOptions _options;
    private readonly PolygonGeometry _polygon;
    private readonly SortedDictionary<int, Visit> _visits = [];
    private ZoneHistory _history;

    /// <summary>A zone in pixels of the frame.</summary>
    /// <param name="name">Name for events; not empty.</param>
    /// <param name="corners">
    /// The polygon's corners in order; the last is joined to the first. Edges may cross (even-odd rule).
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The polygon has no area, a corner is not finite, or an option is out of range.
    /// </exception>
    public PolygonZone(string name, IReadOnlyList<(double X, double Y)> corners, PolygonZoneOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _polygon = new PolygonGeometry(name, corners);
        _options = options ?? new PolygonZoneOptions();
        _options.Validate();
        (Name, Corners) = (name, [.. corners]);
        _history = new ZoneHistory(_options.HistoryInterval, _options.HistoryLength);
    }

    /// <summary>Name of the zone.</summary>
    public string Name { get; }

    /// <summary>The corners in order.</summary>
    public IReadOnlyList<(double X, double Y)> Corners { get; }

    /// <summary>Number of objects that entered or were first seen inside.</summary>
    public ClassCounts Entered { get; } = new();

    /// <summary>Number of objects that left or disappeared inside.</summary>
    public ClassCounts Left { get; } = new();

    /// <summary>Total time inside of all objects that left.</summary>
    public TimeSpan TotalDwell { get; private set; }

    /// <summary>Number of objects inside now, those included that are out of sight for a moment.</summary>
    public int Count { get; private set; }

    /// <summary>The objects inside now, by id.</summary>
    public IReadOnlyList<ZoneOccupant> Occupants =>
        [.. _visits.Where(v => v.Value.Inside)
            .Select(v => new ZoneOccupant(v.Key, v.Value.ClassId, v.Value.Since, v.Value.LastSeen))];

    /// <summary>Counts over time, oldest interval first; the last interval is still running.</summary>
    public IReadOnlyList<ZoneInterval> History => _history.Intervals;

    /// <summary>Number of objects of which something is remembered.</summary>
    internal int Remembered => _visits.Count;

    /// <summary>True if all anchors of a box are inside; changes nothing.</summary>
    public bool Contains(BoxXyxy box)
    {
        foreach (Anchor anchor in _options.Anchors)
        {
            if (!_polygon.Contains(Tracking.Anchors.Of(box, anchor)))
                return false;
        }

        return true;
    }

    /// <summary>Takes the next frame of a tracker and returns who entered and left.</summary>
    public IReadOnlyList<ZoneEvent> Update(TrackedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return Update(TrackedBoxes.Of(frame), frame.Time, frame.Index, frame.Ended);
    }

    /// <summary>Takes the objects of the next frame and returns who entered and left.</summary>
    /// <param name="objects">All objects with an id; at most one per id.</param>
    /// <param name="time">Time of the frame.</param>
    /// <param name="frame">Number of the frame, for the events.</param>
    public IReadOnlyList<ZoneEvent> Update(ReadOnlySpan<TrackedBox> objects, TimeSpan time, long frame) =>
        Update(objects, time, frame, []);

    /// <summary>Begins counting again and forgets all objects.</summary>
    public void Reset()
    {
        _visits.Clear();
        Entered.Clear();
        Left.Clear();
        (TotalDwell, Count) = (TimeSpan.Zero, 0);
        _history = new ZoneHistory(_options.HistoryInterval, _options.HistoryLength);
    }

    private List<ZoneEvent> Update(ReadOnlySpan<TrackedBox> objects, TimeSpan time, long frame, IReadOnlyList<int> ended)
    {
        var events = new List<ZoneEvent>();
        _history.Advance(time, Count);
        foreach (TrackedBox seen in objects)
        {
            bool inside = Contains(seen.Box);
            if (!_visits.TryGetValue(seen.TrackId, out Visit? visit))
            {
                if (!inside)
                    continue;
                _visits[seen.TrackId] = visit = new Visit();
            }

            if (visit.Inside && time - visit.LastSeen > _options.LongestGap)
                events.Add(Disappear(visit, seen.TrackId, frame));
            (visit.ClassId, visit.LastSeen) = (seen.ClassId, time);
            if (inside == visit.Inside)
            {
                visit.ChangedAt = null;
                continue;
            }

            visit.ChangedAt ??= time;
            if (time - visit.ChangedAt >= _options.Settle)
                events.Add(inside ? Enter(visit, seen.TrackId, frame) : Leave(visit, seen.TrackId, frame));
        }

        Forget(time, frame, ended, events);
        _history.Note(Count);
        return events;
    }

    private void Forget(TimeSpan time, long frame, IReadOnlyList<int> ended, List<ZoneEvent> events)
    {
        int[] gone =
        [
            .. _visits.Where(v => time - v.Value.LastSeen > _options.LongestGap || ended.Contains(v.Key)
                || v.Value is { Inside: false, ChangedAt: null })
                .Select(v => v.Key),
        ];
        foreach (int id in gone)
        {
            if (_visits[id].Inside)
                events.Add(Disappear(_visits[id], id, frame));
            _ = _visits.Remove(id);
        }
    }

    private ZoneEnteredEvent Enter(Visit visit, int id, long frame)
    {
        (visit.Inside, visit.Since, visit.ChangedAt) = (true, visit.ChangedAt!.Value, null);
        Entered.Add(visit.ClassId);
        Count++;
        _history.Enter();
        return new ZoneEnteredEvent(Name, visit.Since, frame, id, visit.ClassId);
    }

    private ZoneLeftEvent Leave(Visit visit, int id, long frame) => End(visit, id, frame, visit.ChangedAt!.Value, false);

    private ZoneLeftEvent Disappear(Visit visit, int id, long frame) => End(visit, id, frame, visit.LastSeen, true);

    private ZoneLeftEvent End(Visit visit, int id, long frame, TimeSpan at, bool disappeared)
    {
        (visit.Inside, visit.ChangedAt) = (false, null);
        Left.Add(visit.ClassId);
        Count--;
        TotalDwell += at - visit.Since;
        _history.Leave();
        return new ZoneLeftEvent(Name, at, frame, id, visit.ClassId, at - visit.Since, disappeared);
    }

    private sealed class Visit
    {
        public bool Inside { get; set; }

        public int ClassId { get; set; }

        public TimeSpan Since { get; set; }

        public TimeSpan LastSeen { get; set; }

        /// <summary>First frame on the other side; null if it is on the side it is known to be on.</summary>
        public TimeSpan? ChangedAt { get; set; }
    }
}
