using System.Diagnostics;

namespace RfDetr.Jobs;

/// <summary>A shard in the hands of a worker: its images, and the outcomes that are there so far.</summary>
internal sealed class ShardWork(IShardLease lease, IReadOnlyList<JobImage> images)
{
    private const int MostSlow = 5;

    private readonly List<(Detections? Found, string? Error)> _outcomes = new(images.Count);
    private readonly PriorityQueue<SlowImage, double> _slowest = new();
    private DateTimeOffset _started = TimeProvider.System.GetUtcNow();
    private long _start = Stopwatch.GetTimestamp();
    private long? _end;
    private int _unreadable;

    public IShardLease Lease => lease;

    public ShardRef Shard => lease.Shard;

    public int Done => _outcomes.Count;

    public bool IsFull => _outcomes.Count == images.Count;

    /// <summary>The image whose outcome is awaited next.</summary>
    public JobImage Current => images[Math.Min(Done, images.Count - 1)];

    /// <summary>True if all images failed, and none of them for what is in its file.</summary>
    public bool NoneIsReadable => _unreadable == images.Count;

    /// <summary>The first failure, for messages.</summary>
    public string? FirstError => _outcomes.FirstOrDefault(o => o.Error is not null).Error;

    /// <summary>Seconds from the moment at which it became this worker's turn to do it, to its last image or to now.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_start, _end ?? Stopwatch.GetTimestamp()).TotalSeconds;

    /// <summary>
    /// The shard before is done: until now this one's images were read ahead, and the time was the other's. A worker's shards
    /// add up to the time that it was at work.
    /// </summary>
    public void Begin() => (_started, _start) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());

    public void Add(ImageOutcome outcome)
    {
        Keep(outcome);
        if (IsFull)
            _end = Stopwatch.GetTimestamp();
    }

    /// <summary>The result of all images.</summary>
    public ShardResult ToResult(string worker)
    {
        IEnumerable<RowDocument> rows = images.Zip(_outcomes, (image, outcome) => outcome.Found is { } found
            ? ShardRows.Of(image, found, lease.Job)
            : ShardRows.Of(image, outcome.Error!, lease.Job));
        int failed = _outcomes.Count(o => o.Error is not null);
        var meta = new ShardMeta(
            worker, JobWorker.Version, _started, Math.Round(Seconds, 3), images.Count, failed,
            _outcomes.Sum(o => (long)(o.Found?.Items.Count ?? 0)),
            [.. _slowest.UnorderedItems.Select(s => s.Element).OrderByDescending(s => s.Ms)]);
        return new ShardResult(Shard, ShardRows.ToUtf8(rows), failed, meta);
    }

    private void Keep(ImageOutcome outcome)
    {
        if (!outcome.Succeeded)
        {
            _unreadable += outcome.Error is IOException or UnauthorizedAccessException ? 1 : 0;
            _outcomes.Add((null, Invariant.OneLine(outcome.Error.Message)));
            return;
        }

        double ms = Math.Round(outcome.Result.Times.TotalMs, 1);
        _slowest.Enqueue(new SlowImage(Current.Id, ms), ms);
        if (_slowest.Count > MostSlow)
            _slowest.Dequeue();
        _outcomes.Add((outcome.Result, null));
    }
}
