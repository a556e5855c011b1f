using System.Globalization;
using System.Runtime.CompilerServices;

namespace RfDetr.Jobs;

/// <summary>
/// Results as files: <c>shards/shard-000123.jsonl.gz</c>, whose appearance is the moment at which the shard is done; then
/// <c>shard-000123.failed-2.json</c> where images failed, whose name holds their number, so that a listing counts them; then
/// <c>shard-000123.meta.json</c>. Where a worker died between these, the rows say what the others would.
/// </summary>
internal sealed class FileResults(IJobFiles files, JobDefinition job) : IShardResults
{
    private const string Folder = "shards/", RowsEnding = ".jsonl.gz", MetaEnding = ".meta.json", FailedPart = ".failed-";

    /// <inheritdoc/>
    public Task<bool> HasAsync(ShardRef shard, CancellationToken cancellationToken) =>
        files.ExistsAsync(RowsPath(shard), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<int> DoneAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (JobFile file in files.ListAsync(Folder, cancellationToken).ConfigureAwait(false))
        {
            if (Parse(file.Path) is (int index, Part.Rows, _))
                yield return index;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> AddAsync(ShardResult result, CancellationToken cancellationToken)
    {
        byte[] compressed = RowsFile.Compress(result.Rows.Span);
        if (!await files.PutIfAbsentAsync(RowsPath(result.Shard), compressed, cancellationToken).ConfigureAwait(false))
            return false;
        if (result.Failed > 0)
            await PutFailedAsync(result, cancellationToken).ConfigureAwait(false);
        if (result.Meta is { } meta)
        {
            await files.PutIfAbsentAsync(
                MetaPath(result.Shard), JsonStyle.ToUtf8(meta, JobJson.Default.ShardMeta), cancellationToken)
                .ConfigureAwait(false);
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<ShardTotals> TotalsAsync(CancellationToken cancellationToken)
    {
        // A listing of a million shards is 24 MB of this.
        byte[] seen = new byte[job.Shards];
        var moments = new List<(DateTimeOffset Time, int Shard)>();
        (int shards, long images, long failed) = (0, 0, 0);
        await foreach (JobFile file in files.ListAsync(Folder, cancellationToken).ConfigureAwait(false))
        {
            if (Parse(file.Path) is not (int index, Part part, int count) || index >= job.Shards)
                continue;
            seen[index] |= (byte)part;
            if (part == Part.Failed)
                failed += count;
            if (part != Part.Rows)
                continue;
            shards++;
            images += job.Shard(index).Count;
            moments.Add((file.Modified, index));
        }

        // A worker died between the rows and what is beside them, or is about to write it.
        for (int index = 0; index < seen.Length; index++)
        {
            if (seen[index] == (byte)Part.Rows)
                failed += (await ReadAsync(job.Shard(index), cancellationToken).ConfigureAwait(false))!.Failed;
        }

        if (moments.Count == 0)
            return new ShardTotals(shards, images, failed, null, null, 0);
        RateSpan span = await SpanAsync(moments, cancellationToken).ConfigureAwait(false);
        return new ShardTotals(
            shards, images, failed, moments.Min(m => m.Time), span.Latest, span.ImagesPerSecond);
    }

    // One file is read: what is beside the earliest of the results that count.
    private async Task<RateSpan> SpanAsync(
        IReadOnlyList<(DateTimeOffset Time, int Shard)> moments, CancellationToken cancellationToken)
    {
        DateTimeOffset latest = moments.Max(m => m.Time);
        (DateTimeOffset Time, int Shard) earliest = (latest, -1);
        long images = 0;
        foreach ((DateTimeOffset time, int index) in moments.Where(m => m.Time >= latest - RateSpan.Window))
        {
            images += job.Shard(index).Count;
            if (earliest.Shard < 0 || time < earliest.Time)
                earliest = (time, index);
        }

        ShardRef shard = job.Shard(earliest.Shard);
        ShardMeta? meta = await MetaAsync(shard, cancellationToken).ConfigureAwait(false);
        return new RateSpan(earliest.Time, latest, images, shard.Count, meta?.Seconds);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ShardResult> ReadAsync(
        ShardShare share, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool[] done = await ShardFlags.DoneAsync(this, job, cancellationToken).ConfigureAwait(false);
        for (int index = 0; index < done.Length; index++)
        {
            if (done[index] && share.Has(index)
                && await ReadAsync(job.Shard(index), cancellationToken).ConfigureAwait(false) is { } result)
                yield return result;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Path of a shard's rows.</summary>
    public static string RowsPath(ShardRef shard) => $"{Folder}{shard.Name}{RowsEnding}";

    private static string MetaPath(ShardRef shard) => $"{Folder}{shard.Name}{MetaEnding}";

    private async Task PutFailedAsync(ShardResult result, CancellationToken cancellationToken)
    {
        IReadOnlyList<FailedImage> failed = [.. ShardRows.Failed(result.Rows)];
        await files.PutIfAbsentAsync(
            Invariant.Text($"{Folder}{result.Shard.Name}{FailedPart}{failed.Count}.json"),
            JsonStyle.ToUtf8(failed, JobJson.Default.IReadOnlyListFailedImage), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ShardResult?> ReadAsync(ShardRef shard, CancellationToken cancellationToken)
    {
        string path = RowsPath(shard);
        if (await files.ReadAsync(path, 0, null, cancellationToken).ConfigureAwait(false) is not { } compressed)
            return null;
        byte[] rows = RowsFile.Expand(compressed, $"{files.Name}/{path}");
        ShardMeta? meta = await MetaAsync(shard, cancellationToken).ConfigureAwait(false);
        return new ShardResult(shard, rows, ShardRows.Failed(rows).Count(), meta);
    }

    private async Task<ShardMeta?> MetaAsync(ShardRef shard, CancellationToken cancellationToken) =>
        await files.ReadAsync(MetaPath(shard), 0, null, cancellationToken).ConfigureAwait(false) is { } meta
            ? JobJson.Read(meta, JobJson.Default.ShardMeta, $"{files.Name}/{MetaPath(shard)}")
            : null;

    [Flags]
    private enum Part : byte
    {
        Rows = 1,
        Meta = 2,
        Failed = 4,
    }

    // shards/shard-000123.jsonl.gz, .meta.json, .failed-2.json
    private static (int Index, Part Part, int Count)? Parse(string path)
    {
        const string Start = Folder + "shard-";
        int dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !path.StartsWith(Start, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> number = path.AsSpan(Start.Length, dot - Start.Length);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return null;
        ReadOnlySpan<char> ending = path.AsSpan(dot);
        if (ending is RowsEnding)
            return (index, Part.Rows, 0);
        if (ending is MetaEnding)
            return (index, Part.Meta, 0);
        return ending.StartsWith(FailedPart, StringComparison.Ordinal)
            && ending.EndsWith(".json", StringComparison.Ordinal)
            && int.TryParse(ending[FailedPart.Length..^5], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? (index, Part.Failed, count)
                : null;
    }
}
