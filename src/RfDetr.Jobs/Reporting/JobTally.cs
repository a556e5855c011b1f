using RfDetr.Data;

namespace RfDetr.Jobs;

/// <summary>A worker's part of a job, in a report.</summary>
/// <param name="Worker">Its name; empty for shards whose worker died before it could say.</param>
/// <param name="Shards">Shards it wrote.</param>
/// <param name="Images">Images of these.</param>
/// <param name="Seconds">Sum of the seconds of its shards.</param>
internal sealed record WorkerTally(string Worker, int Shards, long Images, double Seconds);

/// <summary>
/// Sums over all rows of a job, one shard in memory at a time: classes, sizes, failures by reason, slow images, workers.
/// </summary>
internal sealed class JobTally
{
    /// <summary>Failed images that are kept with their names; all are counted.</summary>
    public const int MostFailed = 200;

    /// <summary>Slow images that are kept.</summary>
    public const int MostSlow = 20;

    // A reason with the image's own name in it is a reason of its own; so many are told apart.
    private const int MostReasons = 50;

    private readonly Dictionary<string, long> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, WorkerTally> _workers = new(StringComparer.Ordinal);
    private readonly PriorityQueue<SlowImage, double> _slowest = new();
    private readonly List<FailedImage> _failed = [];
    private readonly long[] _sizes = new long[3];
    private readonly long[] _scores = new long[10];
    private readonly long[] _counts = new long[6];

    public long Images { get; private set; }

    public long Failed { get; private set; }

    public long Objects { get; private set; }

    public int Shards { get; private set; }

    /// <summary>Objects of each class, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, long>> Classes =>
        _classes.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal);

    /// <summary>Failures of each reason, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, long>> Reasons =>
        _reasons.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal);

    /// <summary>The first failed images.</summary>
    public IReadOnlyList<FailedImage> FailedImages => _failed;

    /// <summary>The images that took longest, the slowest first.</summary>
    public IReadOnlyList<SlowImage> Slowest =>
        [
            .. _slowest.UnorderedItems.Select(s => s.Element)
                .OrderByDescending(s => s.Ms).ThenBy(s => s.Id, StringComparer.Ordinal)
        ];

    /// <summary>Workers by name.</summary>
    public IEnumerable<WorkerTally> Workers => _workers.Values;

    /// <summary>Objects by the area of their boxes: small, medium and large, as COCO has these words.</summary>
    public IReadOnlyList<long> Sizes => _sizes;

    /// <summary>Objects by score, in tenths.</summary>
    public IReadOnlyList<long> Scores => _scores;

    /// <summary>Images by their number of objects: 0, 1, 2–4, 5–9, 10–49, 50 or more.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Sums up all results that are there.</summary>
    public static async Task<JobTally> OfAsync(
        IShardResults results, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var tally = new JobTally();
        await foreach (ShardResult shard in results.ReadAsync(ShardShare.All, cancellationToken).ConfigureAwait(false))
        {
            tally.Add(shard);
            progress?.Report(tally.Images);
        }

        return tally;
    }

    /// <summary>Adds a shard.</summary>
    public void Add(ShardResult shard)
    {
        Shards++;
        foreach (RowDocument row in ShardRows.Read(shard.Rows, shard.Shard.Name))
            Add(row);
        string name = shard.Meta?.Worker ?? "";
        WorkerTally worker = _workers.GetValueOrDefault(name) ?? new WorkerTally(name, 0, 0, 0);
        _workers[name] = worker with
        {
            Shards = worker.Shards + 1,
            Images = worker.Images + shard.Shard.Count,
            Seconds = worker.Seconds + (shard.Meta?.Seconds ?? 0),
        };
        foreach (SlowImage slow in shard.Meta?.Slowest ?? [])
        {
            _slowest.Enqueue(slow, slow.Ms);
            if (_slowest.Count > MostSlow)
                _slowest.Dequeue();
        }
    }

    private void Add(RowDocument row)
    {
        Images++;
        if (row.Error is { } error)
        {
            Failed++;
            if (_failed.Count < MostFailed)
                _failed.Add(new FailedImage(row.Id, row.File, error));
            string reason = error.Replace(row.File, "…", StringComparison.Ordinal);
            if (!_reasons.ContainsKey(reason) && _reasons.Count >= MostReasons)
                reason = "other reasons";
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            return;
        }

        IReadOnlyList<DetectionDocument> found = row.Detections ?? [];
        _counts[found.Count switch { 0 => 0, 1 => 1, < 5 => 2, < 10 => 3, < 50 => 4, _ => 5 }]++;
        Objects += found.Count;
        foreach (DetectionDocument detection in found)
        {
            _classes[detection.ClassName] = _classes.GetValueOrDefault(detection.ClassName) + 1;
            _scores[Math.Clamp((int)((detection.Score ?? 0) * 10), 0, 9)]++;
            if (detection.Box is [float x1, float y1, float x2, float y2])
                _sizes[((double)((x2 - x1) * (y2 - y1))) switch { < AreaRange.Small => 0, < AreaRange.Medium => 1, _ => 2 }]++;
        }
    }
}
