namespace RfDetr.Jobs;

/// <summary>Progress of a job: counted from its results, never from a queue's depth.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Destination">Its destination.</param>
/// <param name="Model">The model argument.</param>
/// <param name="ModelSha256">Digest of the model.</param>
/// <param name="Images">Images of the job.</param>
/// <param name="Shards">Shards of the job.</param>
/// <param name="ImagesDone">Images that have a row.</param>
/// <param name="ImagesFailed">Images among them whose row is an error.</param>
/// <param name="ShardsDone">Shards that have results.</param>
/// <param name="ShardsDead">Shards that were given up and have none: <c>jobs repair</c>.</param>
/// <param name="ImagesPerSecond">The rate of the last ten minutes in which results came.</param>
/// <param name="SecondsLeft">Seconds until all is done at that rate; null if nothing is going on.</param>
/// <param name="First">When the first result came.</param>
/// <param name="Latest">When the latest came.</param>
internal sealed record JobStatus(
    string Job, string Destination, string Model, string ModelSha256, long Images, int Shards, long ImagesDone,
    long ImagesFailed, int ShardsDone, int ShardsDead, double ImagesPerSecond, double? SecondsLeft, DateTimeOffset? First,
    DateTimeOffset? Latest)
{
    /// <summary>True if every image has a row.</summary>
    public bool IsComplete => ShardsDone == Shards;

    /// <summary>Looks at a job.</summary>
    public static async Task<JobStatus> OfAsync(
        IJobFiles files, IShardResults results, JobDefinition job, CancellationToken cancellationToken)
    {
        ShardTotals totals = await results.TotalsAsync(cancellationToken).ConfigureAwait(false);
        int dead = 0;
        await foreach (int index in DeadShards.ListAsync(files, cancellationToken).ConfigureAwait(false))
        {
            if (index < job.Shards && !await results.HasAsync(job.Shard(index), cancellationToken).ConfigureAwait(false))
                dead++;
        }

        long left = job.Images - totals.Images;
        return new JobStatus(
            job.Name, files.Name, job.Model, job.ModelSha256, job.Images, job.Shards, totals.Images, totals.Failed, totals.Shards,
            dead, Math.Round(totals.ImagesPerSecond, 2),
            left == 0 ? 0 : totals.ImagesPerSecond > 0 ? Math.Round(left / totals.ImagesPerSecond) : null, totals.First,
            totals.Latest);
    }
}
