namespace RfDetr.Tracking;

/// <summary>Settings of a <see cref="Smoother"/>.</summary>
public sealed record SmootherOptions
{
    /// <summary>The settings of roboflow/supervision's <c>DetectionsSmoother</c>.</summary>
    public static SmootherOptions Supervision { get; } = new() { ShowUnseen = true, OldestClass = true };

    /// <summary>Number of frames over which boxes are averaged; 1..10,000.</summary>
    public int Frames { get; init; } = 5;

    /// <summary>True if objects out of sight are shown until they were missing for <see cref="Frames"/> frames.</summary>
    public bool ShowUnseen { get; init; }

    /// <summary>True if an object has the class of its oldest sighting in the window; otherwise that of the newest.</summary>
    public bool OldestClass { get; init; }

    internal void Validate() => new OptionProblems(nameof(SmootherOptions)).Between(nameof(Frames), Frames, 1, 10_000).Throw();
}

/// <summary>
/// Calms trembling boxes: each object's box and score are the means over its sightings in the last frames. Masks stay as they
/// are. Not safe for use by several threads at once.
/// </summary>
public sealed class Smoother
{
    private readonly SmootherOptions _options;
    private readonly SortedDictionary<int, Queue<TrackedBox?>> _windows = [];

    /// <summary>A smoother for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Smoother(SmootherOptions? options = null)
    {
        _options = options ?? new SmootherOptions();
        _options.Validate();
    }

    /// <summary>Takes the objects of the next frame.</summary>
    /// <param name="objects">All objects with an id; at most one per id.</param>
    /// <returns>The smoothed objects by id.</returns>
    public IReadOnlyList<TrackedBox> Update(ReadOnlySpan<TrackedBox> objects)
    {
        foreach (TrackedBox seen in objects)
        {
            if (!_windows.TryGetValue(seen.TrackId, out Queue<TrackedBox?>? window))
                _windows[seen.TrackId] = window = new Queue<TrackedBox?>();
            window.Enqueue(seen);
        }

        var now = new HashSet<int>();
        foreach (TrackedBox seen in objects)
            _ = now.Add(seen.TrackId);
        var smoothed = new List<TrackedBox>();
        foreach ((int id, Queue<TrackedBox?> window) in _windows.ToArray())
        {
            if (!now.Contains(id))
                window.Enqueue(null);
            while (window.Count > _options.Frames)
                _ = window.Dequeue();
            TrackedBox[] sightings = [.. window.Where(s => s is not null).Select(s => s!.Value)];
            if (sightings.Length == 0)
                _ = _windows.Remove(id);
            else if (now.Contains(id) || _options.ShowUnseen)
                smoothed.Add(Mean(sightings));
        }

        return smoothed;
    }

    /// <summary>Forgets all objects.</summary>
    public void Reset() => _windows.Clear();

    private TrackedBox Mean(TrackedBox[] sightings)
    {
        var box = new BoxXyxy(
            (float)sightings.Average(s => (double)s.Box.X1),
            (float)sightings.Average(s => (double)s.Box.Y1),
            (float)sightings.Average(s => (double)s.Box.X2),
            (float)sightings.Average(s => (double)s.Box.Y2));
        TrackedBox model = _options.OldestClass ? sightings[0] : sightings[^1];
        return model with { Box = box, Score = (float)sightings.Average(s => (double)s.Score) };
    }
}
