namespace RfDetr.Tracking;

/// <summary>The events of a zone during one interval.</summary>
/// <param name="Start">Begin of the interval, a multiple of its length.</param>
/// <param name="Entered">Number of objects that entered.</param>
/// <param name="Left">Number of objects that left.</param>
/// <param name="MostInside">The largest number of objects inside at once.</param>
/// <param name="MeanInside">The number of objects inside, averaged over the observed time.</param>
public readonly record struct ZoneInterval(TimeSpan Start, int Entered, int Left, int MostInside, double MeanInside);

/// <summary>Counts per interval of time; keeps a fixed number of intervals.</summary>
internal sealed class ZoneHistory(TimeSpan interval, int length)
{
    private readonly Queue<ZoneInterval> _closed = [];
    private TimeSpan? _last;
    private TimeSpan _start;
    private int _entered, _left, _most;

    // Object-seconds, and seconds, of the running interval.
    private double _occupied, _observed;

    public IReadOnlyList<ZoneInterval> Intervals => _last is null ? [] : [.. _closed, Running()];

    /// <summary>Moves on to a frame's time; until then <paramref name="count"/> objects were inside.</summary>
    public void Advance(TimeSpan time, int count)
    {
        if (_last is not { } last)
            (_last, _start) = (time, StartOf(time));
        else
            Fill(last, time, count);
        _last = time;
    }

    /// <summary>Notes how many objects are inside in this frame.</summary>
    public void Note(int count) => _most = Math.Max(_most, count);

    public void Enter() => _entered++;

    public void Leave() => _left++;

    private void Fill(TimeSpan last, TimeSpan time, int count)
    {
        // After a very long silence only the intervals that are kept are written.
        if (time - last > interval * (length + 1.0))
        {
            Close(count);
            _closed.Clear();
            last = StartOf(time - interval * (double)length);
            _start = last;
        }

        while (time >= _start + interval)
        {
            Observe(_start + interval - last, count);
            last = _start + interval;
            Close(count);
        }

        Observe(time - last, count);
    }

    private void Observe(TimeSpan span, int count)
    {
        _observed += span.TotalSeconds;
        _occupied += span.TotalSeconds * count;
    }

    private void Close(int count)
    {
        if (_closed.Count == length - 1)
            _ = _closed.TryDequeue(out _);
        if (length > 1)
            _closed.Enqueue(Running());
        _start += interval;
        (_entered, _left, _most, _occupied, _observed) = (0, 0, count, 0, 0);
    }

    private ZoneInterval Running() => new(_start, _entered, _left, _most, _observed > 0 ? _occupied / _observed : _most);

    private TimeSpan StartOf(TimeSpan time) => TimeSpan.FromTicks(time.Ticks - time.Ticks % interval.Ticks);
}
