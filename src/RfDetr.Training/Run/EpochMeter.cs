using System.Diagnostics;

namespace RfDetr.Training;

/// <summary>Sums over an epoch's steps so far, from which a resumed run goes on.</summary>
/// <param name="Steps">Number of steps.</param>
/// <param name="Total">Sum of the losses.</param>
/// <param name="Terms">Sums of the terms.</param>
internal sealed record EpochSums(int Steps, double Total, IReadOnlyList<(string Name, double Value)> Terms)
{
    /// <summary>No step yet.</summary>
    public static EpochSums None { get; } = new(0, 0, []);

    /// <summary>The same with each sum averaged over all processes; all must ask at the same time.</summary>
    public EpochSums Mean(Ranks ranks)
    {
        double[] means = ranks.Means([Total, .. Terms.Select(t => t.Value)]);
        return this with { Total = means[0], Terms = [.. Terms.Select((t, i) => (t.Name, means[i + 1]))] };
    }
}

/// <summary>Adds up what the steps of an epoch gave, and how fast they were.</summary>
internal sealed class EpochMeter
{
    private readonly Dictionary<string, double> _sums = [];
    private readonly List<string> _names = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _total;
    private int _steps, _timed, _images;
    private long _since = Stopwatch.GetTimestamp();
    private TimeSpan _waitedBefore;

    /// <summary>Begins with the sums of steps that were taken before.</summary>
    /// <param name="before">Those of the epoch before a resume, or none.</param>
    /// <param name="waited">Clock that waiting is counted from.</param>
    public EpochMeter(EpochSums before, TimeSpan waited)
    {
        (_steps, _total, _waitedBefore) = (before.Steps, before.Total, waited);
        foreach ((string name, double value) in before.Terms)
        {
            _names.Add(name);
            _sums.Add(name, value);
        }
    }

    /// <summary>The sums of all steps so far.</summary>
    public EpochSums Sums => new(_steps, _total, [.. _names.Select(n => (n, _sums[n]))]);

    /// <summary>Mean loss of the steps so far.</summary>
    public double Loss => _total / Math.Max(1, _steps);

    /// <summary>Means of the terms.</summary>
    public IReadOnlyList<(string Name, double Value)> Terms => [.. _names.Select(n => (n, _sums[n] / _steps))];

    /// <summary>Since the first step.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Mean time of a step.</summary>
    public TimeSpan PerStep => Elapsed / Math.Max(1, _timed);

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
        _timed++;
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
}
