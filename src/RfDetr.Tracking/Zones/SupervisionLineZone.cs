namespace RfDetr.Tracking;

/// <summary>
/// A line that counts exactly as roboflow/supervision 0.27 does, for results that agree with it. Only objects within the band
/// between the perpendiculars through its ends are looked at; an object is counted when its last sides are all equal except for
/// the oldest. Sides are remembered for all time; <see cref="LineZone"/> is the better choice for streams.
/// </summary>
public sealed class SupervisionLineZone
{
    private readonly Anchor[] _anchors;
    private readonly int _history;
    private readonly Dictionary<int, Queue<bool>> _sides = [];
    private readonly Point2 _start, _end, _across;

    /// <summary>A line in pixels of the frame.</summary>
    /// <param name="name">Name for events; not empty.</param>
    /// <param name="startX">Start, from the left.</param>
    /// <param name="startY">Start, from the top.</param>
    /// <param name="endX">End, from the left.</param>
    /// <param name="endY">End, from the top.</param>
    /// <param name="anchors">Points of a box that must all have crossed; empty for its corners.</param>
    /// <param name="minimumCrossingThreshold">Number of frames for which an object must stay on the other side; ≥ 1.</param>
    /// <exception cref="ArgumentException">
    /// The line has no length, a number is not finite, or the threshold is below 1.
    /// </exception>
    public SupervisionLineZone(
        string name,
        double startX,
        double startY,
        double endX,
        double endY,
        IReadOnlyList<Anchor>? anchors = null,
        int minimumCrossingThreshold = 1)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCrossingThreshold, 1);
        LineGeometry.RequireLine(name, startX, startY, endX, endY);
        Name = name;
        _anchors = anchors is { Count: > 0 } ? [.. anchors] : Anchors.Corners;
        _history = Math.Max(2, minimumCrossingThreshold + 1);
        (_start, _end) = (new Point2(startX, startY), new Point2(endX, endY));
        Point2 way = _end - _start;
        double length = Math.Sqrt(way.X * way.X + way.Y * way.Y);
        _across = new Point2(-way.Y / length, way.X / length);
    }

    /// <summary>Name of the line.</summary>
    public string Name { get; }

    /// <summary>Crossings to the left of the line.</summary>
    public ClassCounts In { get; } = new();

    /// <summary>Crossings to the right of the line.</summary>
    public ClassCounts Out { get; } = new();

    /// <summary>Takes the objects of the next frame and returns who crossed, in the order given.</summary>
    public IReadOnlyList<LineCrossedEvent> Update(ReadOnlySpan<TrackedBox> objects, TimeSpan time, long frame)
    {
        var crossed = new List<LineCrossedEvent>();
        foreach (TrackedBox seen in objects)
        {
            Point2[] points = [.. _anchors.Select(a => Anchors.Of(seen.Box, a))];
            bool left = LineGeometry.Cross(_start, _end, points[0]) < 0;
            if (!points.All(InBand) || points.Any(p => LineGeometry.Cross(_start, _end, p) < 0 != left))
                continue;
            if (!_sides.TryGetValue(seen.TrackId, out Queue<bool>? sides))
                _sides[seen.TrackId] = sides = new Queue<bool>(_history);
            if (sides.Count == _history)
                _ = sides.Dequeue();
            sides.Enqueue(left);
            bool oldest = sides.Peek();
            if (sides.Count < _history || sides.Count(s => s == oldest) > 1)
                continue;
            (left ? In : Out).Add(seen.ClassId);
            crossed.Add(new LineCrossedEvent(
                Name, time, frame, seen.TrackId, seen.ClassId, left ? CrossingDirection.In : CrossingDirection.Out));
        }

        return crossed;
    }

    // The perpendiculars at both ends point in opposite directions, so a point between them is on the same side of both.
    private bool InBand(Point2 point) =>
        LineGeometry.Cross(_start, _start + _across, point) > 0 == LineGeometry.Cross(_end, _end - _across, point) > 0;
}
