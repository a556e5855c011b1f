namespace RfDetr.Tracking;

/// <summary>The crossings of an object that a line counts.</summary>
public enum LineCounting
{
    /// <summary>At every crossing, back and forth.</summary>
    EveryCrossing,

    /// <summary>Once per object and direction.</summary>
    OncePerDirection,

    /// <summary>Once per object, in the direction of its first crossing.</summary>
    OncePerObject,
}

/// <summary>Settings of a <see cref="LineZone"/>.</summary>
public sealed record LineZoneOptions
{
    /// <summary>The point of a box that crosses; the center by default.</summary>
    public Anchor Anchor { get; init; } = Anchor.Center;

    /// <summary>
    /// Distance from the line, in pixels, that an object must reach before it has changed sides; ≥ 0. It keeps boxes that tremble
    /// on the line from being counted again and again.
    /// </summary>
    public double Hysteresis { get; init; } = 4;

    /// <summary>The crossings of an object that are counted.</summary>
    public LineCounting Counting { get; init; } = LineCounting.EveryCrossing;

    /// <summary>
    /// Longest time that an object may be out of sight between two sides of the line and still be counted; above zero.
    /// </summary>
    public TimeSpan LongestGap { get; init; } = TimeSpan.FromSeconds(2);

    internal void Validate() => new OptionProblems(nameof(LineZoneOptions))
        .Defined(nameof(Anchor), Anchor)
        .AtLeast(nameof(Hysteresis), Hysteresis, 0)
        .Defined(nameof(Counting), Counting)
        .Require(LongestGap > TimeSpan.Zero, $"{nameof(LongestGap)} is {LongestGap}, but must be above zero")
        .Throw();
}

/// <summary>
/// A line that counts objects crossing it. An object crosses when the way of its anchor, point by point, leads from one side to
/// the other through the segment; walking around an end does not count. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// The way is followed from the last anchor that was at least the hysteresis away from the (infinite) line, so slow crossings
/// through the band around the line count as fast ones do. State is kept for objects seen within <see
/// cref="LineZoneOptions.LongestGap"/> only; what was counted once per object is remembered until its track ends.
/// </remarks>
public sealed class LineZone
{
    private readonly LineZoneOptions _options;
    private readonly Dictionary<int, Passage> _passages = [];
    private readonly Point2 _start, _end;

    /// <summary>A line in pixels of the frame.</summary>
    /// <param name="name">Name for events; not empty.</param>
    /// <param name="startX">Start, from the left.</param>
    /// <param name="startY">Start, from the top.</param>
    /// <param name="endX">End, from the left.</param>
    /// <param name="endY">End, from the top.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The line has no length, a number is not finite, or an option is out of range.
    /// </exception>
    public LineZone(string name, double startX, double startY, double endX, double endY, LineZoneOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        LineGeometry.RequireLine(name, startX, startY, endX, endY);
        _options = options ?? new LineZoneOptions();
        _options.Validate();
        Name = name;
        (_start, _end) = (new Point2(startX, startY), new Point2(endX, endY));
    }

    /// <summary>Name of the line.</summary>
    public string Name { get; }

    /// <summary>The start, in pixels of the frame.</summary>
    public (double X, double Y) Start => (_start.X, _start.Y);

    /// <summary>The end, in pixels of the frame.</summary>
    public (double X, double Y) End => (_end.X, _end.Y);

    /// <summary>Crossings to the left of the line (upwards, if it is drawn from left to right).</summary>
    public ClassCounts In { get; } = new();

    /// <summary>Crossings to the right of the line.</summary>
    public ClassCounts Out { get; } = new();

    /// <summary>Number of objects of which something is remembered.</summary>
    internal int Remembered => _passages.Count;

    /// <summary>Takes the next frame of a tracker and returns who crossed, in the order of the detections.</summary>
    public IReadOnlyList<LineCrossedEvent> Update(TrackedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        IReadOnlyList<LineCrossedEvent> crossed = Update(TrackedBoxes.Of(frame), frame.Time, frame.Index);
        foreach (int id in frame.Ended)
            _ = _passages.Remove(id);
        return crossed;
    }

    /// <summary>Takes the objects of the next frame and returns who crossed, in the order given.</summary>
    /// <param name="objects">All objects with an id; at most one per id.</param>
    /// <param name="time">Time of the frame.</param>
    /// <param name="frame">Number of the frame, for the events.</param>
    public IReadOnlyList<LineCrossedEvent> Update(ReadOnlySpan<TrackedBox> objects, TimeSpan time, long frame)
    {
        List<LineCrossedEvent>? crossed = null;
        foreach (TrackedBox seen in objects)
        {
            Point2 at = Anchors.Of(seen.Box, _options.Anchor);
            if (!_passages.TryGetValue(seen.TrackId, out Passage? passage))
                _passages[seen.TrackId] = passage = new Passage();
            if (Follow(passage, at, time) is not { } direction || !passage.MayCount(direction, _options.Counting))
                continue;
            (direction == CrossingDirection.In ? In : Out).Add(seen.ClassId);
            (crossed ??= []).Add(new LineCrossedEvent(Name, time, frame, seen.TrackId, seen.ClassId, direction));
        }

        Forget(time);
        return crossed ?? (IReadOnlyList<LineCrossedEvent>)[];
    }

    /// <summary>Begins counting again and forgets all objects.</summary>
    public void Reset()
    {
        _passages.Clear();
        In.Clear();
        Out.Clear();
    }

    private CrossingDirection? Follow(Passage passage, Point2 at, TimeSpan time)
    {
        double distance = LineGeometry.Distance(_start, _end, at);
        int side = Math.Abs(distance) < _options.Hysteresis ? 0 : distance < 0 ? -1 : 1;
        bool seenBefore = passage.LastSeen is { } last && time - last <= _options.LongestGap;
        if (!seenBefore)
            passage.Begin();
        else if (LineGeometry.Crosses(_start, _end, passage.At, at))
            passage.Across = !passage.Across;
        (passage.At, passage.LastSeen) = (at, time);
        if (side == 0)
            return null;

        int from = passage.Side;
        bool crossed = from != 0 && side != from && passage.Across;
        passage.Settle(side);
        return crossed ? (side < 0 ? CrossingDirection.In : CrossingDirection.Out) : null;
    }

    // Objects that were out of sight for too long begin again when they return; only their counted crossings are still known.
    private void Forget(TimeSpan time)
    {
        foreach ((int id, Passage passage) in _passages)
        {
            if (time - passage.LastSeen > _options.LongestGap && !passage.Counted)
                _ = _passages.Remove(id);
        }
    }

    // One object's way since it was last settled on a side.
    private sealed class Passage
    {
        private bool _in, _out;

        public Point2 At { get; set; }

        public TimeSpan? LastSeen { get; set; }

        /// <summary>−1 left, 1 right, 0 not known yet.</summary>
        public int Side { get; private set; }

        /// <summary>True if the way since then crossed the segment an odd number of times.</summary>
        public bool Across { get; set; }

        public bool Counted => _in || _out;

        public void Begin() => Settle(0);

        public void Settle(int side) => (Side, Across) = (side, false);

        public bool MayCount(CrossingDirection direction, LineCounting counting)
        {
            bool may = counting switch
            {
                LineCounting.EveryCrossing => true,
                LineCounting.OncePerDirection => direction == CrossingDirection.In ? !_in : !_out,
                _ => !Counted,
            };
            if (may && counting != LineCounting.EveryCrossing)
                (_in, _out) = (_in || direction == CrossingDirection.In, _out || direction == CrossingDirection.Out);
            return may;
        }
    }
}
