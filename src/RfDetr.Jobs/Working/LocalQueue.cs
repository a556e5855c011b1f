using System.Globalization;
using System.Runtime.CompilerServices;

namespace RfDetr.Jobs;

/// <summary>A worker's share of a job where no broker hands out shards: every n-th one, from the i-th on.</summary>
/// <param name="Index">1-based index of this worker.</param>
/// <param name="Count">Number of workers.</param>
internal readonly record struct ShardShare(int Index, int Count)
{
    /// <summary>All shards.</summary>
    public static ShardShare All { get; } = new(1, 1);

    /// <summary>Reads <c>3/8</c>.</summary>
    /// <exception cref="FormatException">It is no share; the message is the end of "value 'x' …".</exception>
    public static ShardShare Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && index >= 1 && index <= count && count <= JobDefinition.MostShards
                ? new ShardShare(index, count)
                : throw new FormatException("is no share I/N with 1 ≤ I ≤ N, for instance 3/8");
    }

    /// <summary>True if the share has this shard.</summary>
    public bool Has(int shard) => shard % Count == Index - 1;

    /// <inheritdoc/>
    public override string ToString() => Invariant.Text($"{Index}/{Count}");
}

/// <summary>
/// Hands out the shards of a share that have no results yet, in order. Each is marked in the destination while it is in hand
/// (<c>attempts/shard-000123.1.json</c>); a mark that is found belongs to a worker that died. A shard with too many is not handed
/// out but marked as dead (<c>dead/shard-000123.json</c>): its images are gone through one by one, see <see cref="ShardRepair"/>.
/// </summary>
internal sealed class LocalQueue(
    IJobFiles files, IShardResults results, JobDefinition job, ShardShare share, string worker,
    int mostAttempts = LocalQueue.DefaultAttempts) : IShardQueue
{
    /// <summary>Workers that may die of a shard before it is dead; the broker's delivery limit is the same.</summary>
    public const int DefaultAttempts = 3;

    /// <inheritdoc/>
    public async IAsyncEnumerable<IShardLease> LeasesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool[] done = await ShardFlags.DoneAsync(results, job, cancellationToken).ConfigureAwait(false);
        bool[] dead = await ShardFlags.DeadAsync(files, job, cancellationToken).ConfigureAwait(false);
        Dictionary<int, List<string>> marks = await MarksAsync(cancellationToken).ConfigureAwait(false);
        for (int index = share.Index - 1; index < job.Shards; index += share.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<string> old = marks.GetValueOrDefault(index) ?? [];
            if (done[index] || dead[index])
            {
                // Of a worker that died behind its rows.
                foreach (string mark in done[index] ? old : [])
                    await files.DeleteAsync(mark, cancellationToken).ConfigureAwait(false);
                continue;
            }

            ShardRef shard = job.Shard(index);
            if (old.Count >= mostAttempts)
            {
                await DeadShards.PutAsync(files, shard, new DeadMark(old.Count, worker), cancellationToken).ConfigureAwait(false);
                continue;
            }

            yield return await LeaseAsync(shard, old, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Lease> LeaseAsync(ShardRef shard, List<string> old, CancellationToken cancellationToken)
    {
        string mark;
        int attempt = old.Count;
        do
            mark = Invariant.Text($"{Attempts.Folder}{shard.Name}.{++attempt}.json");
        while (old.Contains(mark));
        await Attempts.PutAsync(files, mark, worker, cancellationToken).ConfigureAwait(false);
        return new Lease(files, job, shard, mark, old);
    }

    private async Task<Dictionary<int, List<string>>> MarksAsync(CancellationToken cancellationToken)
    {
        const string Start = Attempts.Folder + "shard-";
        var marks = new Dictionary<int, List<string>>();
        await foreach (JobFile file in files.ListAsync(Attempts.Folder, cancellationToken).ConfigureAwait(false))
        {
            string[] parts = file.Path.Split('.');
            if (parts.Length != 3 || !parts[0].StartsWith(Start, StringComparison.Ordinal)
                || !int.TryParse(parts[0].AsSpan(Start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                continue;
            if (!marks.TryGetValue(index, out List<string>? list))
                marks.Add(index, list = []);
            list.Add(file.Path);
        }

        return marks;
    }

    private sealed class Lease(
        IJobFiles files, JobDefinition job, ShardRef shard, string mark, IReadOnlyList<string> old) : IShardLease
    {
        public ShardRef Shard => shard;

        public JobDefinition Job => job;

        public async Task DoneAsync()
        {
            foreach (string path in old)
                await files.DeleteAsync(path, CancellationToken.None).ConfigureAwait(false);
            await GiveBackAsync().ConfigureAwait(false);
        }

        public Task GiveBackAsync() => files.DeleteAsync(mark, CancellationToken.None);
    }
}

/// <summary>Marks of what was begun.</summary>
internal static class Attempts
{
    public const string Folder = "attempts/";

    public static Task PutAsync(IJobFiles files, string path, string worker, CancellationToken cancellationToken) =>
        files.PutIfAbsentAsync(
            path,
            JsonStyle.ToUtf8(new AttemptMark(worker, TimeProvider.System.GetUtcNow()), JobJson.Default.AttemptMark),
            cancellationToken);
}

/// <summary>Marks of shards that were given up: <c>dead/shard-000123.json</c>.</summary>
internal static class DeadShards
{
    private const string Folder = "dead/", Start = Folder + "shard-", Ending = ".json";

    /// <summary>The indices of the dead shards, in no particular order.</summary>
    public static async IAsyncEnumerable<int> ListAsync(
        IJobFiles files, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (JobFile file in files.ListAsync(Folder, cancellationToken).ConfigureAwait(false))
        {
            if (file.Path.StartsWith(Start, StringComparison.Ordinal) && file.Path.EndsWith(Ending, StringComparison.Ordinal)
                && int.TryParse(
                    file.Path.AsSpan(Start.Length, file.Path.Length - Start.Length - Ending.Length), NumberStyles.None,
                    CultureInfo.InvariantCulture, out int index))
                yield return index;
        }
    }

    public static Task<bool> PutAsync(IJobFiles files, ShardRef shard, DeadMark mark, CancellationToken cancellationToken) =>
        files.PutIfAbsentAsync(Path(shard), JsonStyle.ToUtf8(mark, JobJson.Default.DeadMark), cancellationToken);

    public static Task DeleteAsync(IJobFiles files, ShardRef shard, CancellationToken cancellationToken) =>
        files.DeleteAsync(Path(shard), cancellationToken);

    private static string Path(ShardRef shard) => $"{Folder}{shard.Name}{Ending}";
}
