using System.Diagnostics.Metrics;

namespace RfDetr.Jobs;

/// <summary>
/// A worker's instruments, for whoever listens (OpenTelemetry, <c>dotnet-counters</c>). Jobs and workers are told apart by the
/// tag <c>job.name</c> and by the process.
/// </summary>
internal sealed class JobMetrics : IDisposable
{
    public const string MeterName = "RfDetr.Jobs";

    private readonly Meter _meter = new(MeterName);
    private readonly KeyValuePair<string, object?> _job;
    private readonly Counter<long> _images, _shards, _objects;
    private readonly Histogram<double> _shard;
    private int _leased;
    private long _lastProgress = TimeProvider.System.GetTimestamp();

    /// <summary>The instruments of one job.</summary>
    public JobMetrics(string job)
    {
        _job = new("job.name", job); // "job" is Prometheus' own
        _images = _meter.CreateCounter<long>("rfdetr.jobs.images", "{image}", "Images with a row, by outcome.");
        _shards = _meter.CreateCounter<long>("rfdetr.jobs.shards", "{shard}", "Shards that were handed out, by outcome.");
        _objects = _meter.CreateCounter<long>("rfdetr.jobs.objects", "{object}", "Objects in rows.");
        _shard = _meter.CreateHistogram<double>(
            "rfdetr.jobs.shard.duration", "s", "Time from a shard's first image to its rows.");
        _meter.CreateObservableGauge(
            "rfdetr.jobs.shards.leased", () => new Measurement<int>(Volatile.Read(ref _leased), _job), "{shard}",
            "Shards that this worker has in hand.");
        _meter.CreateObservableGauge(
            "rfdetr.jobs.idle.duration",
            () => new Measurement<double>(
                TimeProvider.System.GetElapsedTime(Volatile.Read(ref _lastProgress)).TotalSeconds, _job),
            "s", "Time since the last image was finished.");
        foreach (string outcome in (string[])["ok", "error"])
            _images.Add(0, _job, new("outcome", outcome));
        foreach (string outcome in (string[])["done", "already_done", "given_back"])
            _shards.Add(0, _job, new("outcome", outcome));
    }

    public void Leased() => Interlocked.Increment(ref _leased);

    public void ImageDone(int? objects)
    {
        Volatile.Write(ref _lastProgress, TimeProvider.System.GetTimestamp());
        _images.Add(1, _job, new("outcome", objects is null ? "error" : "ok"));
        if (objects is { } found)
            _objects.Add(found, _job);
    }

    /// <param name="outcome"><c>done</c>, <c>already_done</c> or <c>given_back</c>.</param>
    /// <param name="seconds">Time of a shard that is done.</param>
    public void Released(string outcome, double? seconds = null)
    {
        Interlocked.Decrement(ref _leased);
        _shards.Add(1, _job, new("outcome", outcome));
        if (seconds is { } time)
            _shard.Record(time, _job);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
