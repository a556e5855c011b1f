namespace RfDetr.Jobs;

/// <summary>Facts about every shard of a job, by its index: a byte each, whatever the results weigh.</summary>
internal static class ShardFlags
{
    /// <summary>True for shards that have results.</summary>
    public static Task<bool[]> DoneAsync(IShardResults results, JobDefinition job, CancellationToken cancellationToken) =>
        OfAsync(results.DoneAsync(cancellationToken), job);

    /// <summary>True for shards that were given up; some of them may have results meanwhile.</summary>
    public static Task<bool[]> DeadAsync(IJobFiles files, JobDefinition job, CancellationToken cancellationToken) =>
        OfAsync(DeadShards.ListAsync(files, cancellationToken), job);

    // A destination may hold files of shards that the job does not have.
    private static async Task<bool[]> OfAsync(IAsyncEnumerable<int> indices, JobDefinition job)
    {
        bool[] flags = new bool[job.Shards];
        await foreach (int index in indices.ConfigureAwait(false))
        {
            if (index < flags.Length)
                flags[index] = true;
        }

        return flags;
    }
}
