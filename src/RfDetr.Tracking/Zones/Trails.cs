namespace RfDetr.Tracking;

/// <summary>A point in pixels of the frame.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
public readonly record struct TrailPoint(float X, float Y);

/// <summary>
/// The ways of objects during the last frames, for drawing. As in roboflow/supervision the window counts frames; it begins to
/// move when that many frames had objects. Not safe for use by several threads at once.
/// </summary>
public sealed class Trails
{
    private const int MostFrames = 100_000;

    private readonly int _frames;
    private readonly Anchor _anchor;
    private readonly Queue<(long Frame, (int Id, TrailPoint Point)[] Points)> _window = [];
    private long _frame;

    /// <summary>Empty trails.</summary>
    /// <param name="frames">Length of the window; 1..100,000.</param>
    /// <param name="anchor">The point of a box that leaves the trail.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public Trails(int frames = 30, Anchor anchor = Anchor.Center)
    {
        new OptionProblems(nameof(Trails)).Between(nameof(frames), frames, 1, MostFrames).Defined(nameof(anchor), anchor).Throw();
        (_frames, _anchor) = (frames, anchor);
    }

    /// <summary>Takes the objects of the next frame.</summary>
    public void Update(ReadOnlySpan<TrackedBox> objects)
    {
        if (objects.Length > 0)
            _window.Enqueue((_frame, [.. objects.ToArray().Select(o => (o.TrackId, PointOf(o.Box)))]));
        if (_window.Count > _frames)
        {
            while (_window.Peek().Frame <= _frame - _frames)
                _ = _window.Dequeue();
        }

        _frame++;
    }

    /// <summary>The trail of an object, oldest point first; empty for an unknown id.</summary>
    public IReadOnlyList<TrailPoint> Of(int trackId) =>
        [.. _window.SelectMany(f => f.Points).Where(p => p.Id == trackId).Select(p => p.Point)];

    /// <summary>All trails by id.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<TrailPoint>> All() => _window
        .SelectMany(f => f.Points)
        .GroupBy(p => p.Id)
        .ToDictionary(g => g.Key, g => (IReadOnlyList<TrailPoint>)[.. g.Select(p => p.Point)]);

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _window.Clear();
        _frame = 0;
    }

    private TrailPoint PointOf(BoxXyxy box)
    {
        Point2 point = Anchors.Of(box, _anchor);
        return new TrailPoint((float)point.X, (float)point.Y);
    }
}
