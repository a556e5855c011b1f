using System.Globalization;

namespace RfDetr.Jobs;

/// <summary>Summary of a repair.</summary>
/// <param name="Shards">Dead shards that have results now.</param>
/// <param name="Images">Images of these.</param>
/// <param name="Failed">Images among them whose row is an error.</param>
internal sealed record RepairSummary(int Shards, long Images, long Failed);

/// <summary>
/// Goes through the images of dead shards one by one, each marked while it is in hand and its row kept
/// (<c>parts/shard-000123/000017.json</c>) as soon as it is there. Whoever dies goes on behind that image when it is started
/// again; an image that several workers died of gets a row that says so. One image is lost, not a whole shard.
/// </summary>
internal sealed class ShardRepair(
    IJobFiles files, IShardResults results, JobDefinition job, Manifest manifest, Detector detector, WorkerOptions options,
    JobMetrics metrics)
{
    /// <summary>Workers that may die of an image before it is an error.</summary>
    public const int MostDeaths = 3;

    private const string Folder = "parts/", RowEnding = ".json", TryPart = ".try-";

    /// <summary>Repairs every dead shard.</summary>
    /// <param name="share">This worker's share of the shards.</param>
    /// <param name="events">Gets each shard that is done; null for nobody.</param>
    /// <param name="cancellationToken">Stops between two images; what was done is kept.</param>
    public async Task<RepairSummary> RunAsync(ShardShare share, IProgress<JobEvent>? events, CancellationToken cancellationToken)
    {
        List<int> dead = [];
        await foreach (int index in DeadShards.ListAsync(files, cancellationToken).ConfigureAwait(false))
        {
            if (index < job.Shards && share.Has(index))
                dead.Add(index);
        }

        (int shards, long images, long failed) = (0, 0, 0);
        foreach (ShardRef shard in dead.Order().Select(job.Shard))
        {
            if (!await results.HasAsync(shard, cancellationToken).ConfigureAwait(false))
            {
                int errors = await RepairAsync(shard, cancellationToken).ConfigureAwait(false);
                (shards, images, failed) = (shards + 1, images + shard.Count, failed + errors);
                events?.Report(new JobEvent(
                    JobEventKind.ShardDone, options.Worker, TimeProvider.System.GetUtcNow(), images, failed, 0, shard.Index));
            }

            await CleanAsync(shard).ConfigureAwait(false);
        }

        return new RepairSummary(shards, images, failed);
    }

    private async Task<int> RepairAsync(ShardRef shard, CancellationToken cancellationToken)
    {
        DateTimeOffset started = TimeProvider.System.GetUtcNow();
        long start = TimeProvider.System.GetTimestamp();
        (HashSet<int> done, Dictionary<int, int> tries) = await FoundAsync(shard, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JobImage> images = await manifest.ReadAsync(shard, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < images.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!done.Contains(i))
                await OneAsync(shard, i, images[i], tries.GetValueOrDefault(i), cancellationToken).ConfigureAwait(false);
        }

        var rows = new MemoryStream();
        for (int i = 0; i < images.Count; i++)
        {
            byte[] row = await files.ReadAsync(RowPath(shard, i), 0, null, cancellationToken).ConfigureAwait(false)
                ?? throw new JobException($"'{files.Name}/{RowPath(shard, i)}' is gone; start the repair again");
            rows.Write(row);
        }

        ReadOnlyMemory<byte> all = rows.ToArray();
        int failed = ShardRows.Failed(all).Count();
        var meta = new ShardMeta(
            options.Worker, JobWorker.Version, started,
            Math.Round(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 3), images.Count, failed, 0, []);
        await results.AddAsync(new ShardResult(shard, all, failed, meta), cancellationToken).ConfigureAwait(false);
        return failed;
    }

    private async Task OneAsync(ShardRef shard, int index, JobImage image, int deaths, CancellationToken cancellationToken)
    {
        RowDocument row;
        if (deaths >= MostDeaths)
        {
            row = ShardRows.Of(
                image, Invariant.Text($"the program died {deaths} times while it worked on this image"), job);
            metrics.ImageDone(null);
        }
        else
        {
            string mark = Invariant.Text($"{Folder}{shard.Name}/{index:000000}{TryPart}{deaths + 1}.json");
            await Attempts.PutAsync(files, mark, options.Worker, cancellationToken).ConfigureAwait(false);
            row = await DetectAsync(image, cancellationToken).ConfigureAwait(false);
        }

        await files.PutIfAbsentAsync(RowPath(shard, index), ShardRows.ToUtf8([row]), cancellationToken).ConfigureAwait(false);
    }

    private async Task<RowDocument> DetectAsync(JobImage image, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<ImageOutcome> outcomes = DetectionStream.RunAsync(
            detector, (IEnumerable<IReadOnlyList<ImageSource>>)[[Destinations.ImageOf(image)]], job.Options.ToDetectOptions(),
            new StreamOptions { Batch = 1, Ahead = 1 }, cancellationToken);
        await foreach (ImageOutcome outcome in outcomes.ConfigureAwait(false))
        {
            metrics.ImageDone(outcome.Result?.Items.Count);
            return outcome.Succeeded
                ? ShardRows.Of(image, outcome.Result, job)
                : ShardRows.Of(image, Invariant.OneLine(outcome.Error.Message), job);
        }

        throw new InvalidOperationException("an image has an outcome");
    }

    private async Task<(HashSet<int> Done, Dictionary<int, int> Tries)> FoundAsync(
        ShardRef shard, CancellationToken cancellationToken)
    {
        var done = new HashSet<int>();
        var tries = new Dictionary<int, int>();
        await foreach (JobFile file in files.ListAsync($"{Folder}{shard.Name}/", cancellationToken).ConfigureAwait(false))
        {
            string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
            NumberStyles digits = NumberStyles.None;
            if (name.Length < 6 || !int.TryParse(name.AsSpan(0, 6), digits, CultureInfo.InvariantCulture, out int index))
                continue;
            if (name[6..] == RowEnding)
                done.Add(index);
            else if (name.AsSpan(6).StartsWith(TryPart, StringComparison.Ordinal))
                tries[index] = tries.GetValueOrDefault(index) + 1;
        }

        return (done, tries);
    }

    // The rows are kept: nothing of this is needed any more.
    private async Task CleanAsync(ShardRef shard)
    {
        List<string> paths = [];
        foreach (string prefix in (string[])[$"{Folder}{shard.Name}/", Attempts.Folder])
        {
            await foreach (JobFile file in files.ListAsync(prefix, CancellationToken.None).ConfigureAwait(false))
            {
                bool isOfShard = file.Path.StartsWith($"{Attempts.Folder}{shard.Name}.", StringComparison.Ordinal);
                if (prefix != Attempts.Folder || isOfShard)
                    paths.Add(file.Path);
            }
        }

        foreach (string path in paths)
            await files.DeleteAsync(path, CancellationToken.None).ConfigureAwait(false);
        await DeadShards.DeleteAsync(files, shard, CancellationToken.None).ConfigureAwait(false);
    }

    private static string RowPath(ShardRef shard, int index) =>
        Invariant.Text($"{Folder}{shard.Name}/{index:000000}{RowEnding}");
}
