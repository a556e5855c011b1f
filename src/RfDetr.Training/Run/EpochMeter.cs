using System.Diagnostics;

namespace RfDetr.Training;

/// <summary>Adds up what the steps of an epoch gave, and how fast they were.</summary>
internal sealed class EpochMeter
{
    private readonly Dictionary<string, double> _sums = [];
    private readonly List<string> _names = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _total;
    private int _steps, _images;
    private long _since = Stopwatch.GetTimestamp();
    private TimeSpan _waitedBefore;

    /// <summary>Mean loss of the steps so far.</summary>
    public double Loss => _total / Math.Max(1, _steps);

    /// <summary>Means of the terms.</summary>
    public IReadOnlyList<(string Name, double Value)> Terms => [.. _names.Select(n => (n, _sums[n] / _steps))];

    /// <summary>Since the first step.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Mean time of a step.</summary>
    public TimeSpan PerStep => Elapsed / Math.Max(1, _steps);

    /// <summary>Takes a step in.</summary>
    public void Add(StepResult result, int images)
    {
        _total += result.Total;
        foreach ((string name, double value) in result.Terms)
        {
            if (!_sums.TryAdd(name, value))
                _sums[name] += value;
            else
                _names.Add(name);
        }

        _steps++;
        _images += images;
    }

    /// <summary>Images per second and the share of time spent waiting, since the last call.</summary>
    public (double ImagesPerSecond, double WaitShare) Speed(TimeSpan waited)
    {
        double seconds = Math.Max(1e-6, Stopwatch.GetElapsedTime(_since).TotalSeconds);
        (double, double) speed = (_images / seconds, Math.Clamp((waited - _waitedBefore).TotalSeconds / seconds, 0, 1));
        (_images, _since, _waitedBefore) = (0, Stopwatch.GetTimestamp(), waited);
        return speed;
    }

    /// <summary>Sets where waiting is counted from.</summary>
    public EpochMeter From(TimeSpan waited)
    {
        _waitedBefore = waited;
        return this;
    }
}
