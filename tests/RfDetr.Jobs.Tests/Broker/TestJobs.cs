using System.Collections.Concurrent;
using System.Globalization;

namespace RfDetr.Jobs.Tests;

/// <summary>Jobs, rows and listeners for tests of brokers and databases.</summary>
internal static class TestJobs
{
    private static int s_count;

    /// <summary>A job with a name of its own.</summary>
    public static JobDefinition Of(int shards, int shardSize = 4, string? name = null) => new(
        name ?? string.Create(CultureInfo.InvariantCulture, $"test-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"),
        new string('a', 64), new string('b', 64), new string('c', 64), new string('d', 64), (long)shards * shardSize - 1,
        shardSize, "demo", new JobOptions());

    /// <summary>Rows of a shard, the given ones failed.</summary>
    public static ShardResult Result(JobDefinition job, ShardRef shard, string worker = "w", params int[] failed)
    {
        IEnumerable<RowDocument> rows = Enumerable.Range(0, shard.Count).Select(i =>
        {
            var image = new JobImage(Invariant.Text($"img \"{shard.First + i}\" é.jpg"), "/x");
            return failed.Contains(i)
                ? ShardRows.Of(image, "cannot\u0000read '<it>'", job)
                : ShardRows.Of(image, new Detections { Width = 640, Height = 480, Items = [] }, job);
        });
        var meta = new ShardMeta(
            worker, "1.0", DateTimeOffset.UnixEpoch, 1.5, shard.Count, failed.Length, 7, [new SlowImage("x", 12.5)]);
        return new ShardResult(shard, ShardRows.ToUtf8(rows), failed.Length, meta);
    }

    /// <summary>
    /// Takes all shards out of a broker until so many different ones came and no more do; copies of one are taken for one.
    /// </summary>
    /// <returns>Their indices in order.</returns>
    public static async Task<IReadOnlyList<int>> TakenAsync(BrokerAddress address, JobDefinition job, int wanted)
    {
        var taken = new SortedSet<int>();
        await using var queue = new RabbitQueue(address, job, new BrokerOptions { Prefetch = 200 });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Limit());
        try
        {
            await foreach (IShardLease lease in queue.LeasesAsync(end.Token))
            {
                taken.Add(lease.Shard.Index);
                await lease.DoneAsync();
                if (taken.Count >= wanted)
                    end.CancelAfter(TimeSpan.FromSeconds(1));
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing comes any more.
        }

        return [.. taken];
    }

    /// <summary>A time after which a test that waits has failed.</summary>
    public static CancellationToken Limit(int seconds = 120) =>
        new CancellationTokenSource(TimeSpan.FromSeconds(seconds)).Token;
}

/// <summary>Keeps what it hears.</summary>
internal sealed class Heard<T> : IProgress<T>
{
    private readonly ConcurrentQueue<T> _all = new();

    public IReadOnlyCollection<T> All => _all;

    public void Report(T value) => _all.Enqueue(value);
}
