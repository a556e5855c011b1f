namespace RfDetr.Jobs;

/// <summary>Dead shards of a broker.</summary>
internal static class BrokerDead
{
    // The broker counts, not the worker: nobody is left who could sign.
    private const string Writer = "the broker's delivery limit";

    /// <summary>
    /// Takes the dead shards from the broker and marks them in the destination (<c>dead/shard-000123.json</c>), where status sees
    /// them and <see cref="ShardRepair"/> finds them. A mark is there before its message is acknowledged: none is lost.
    /// </summary>
    /// <returns>Number of shards that were marked; those that have results meanwhile are not.</returns>
    public static async Task<int> CollectAsync(
        IJobBroker broker, IJobFiles files, IShardResults results, JobDefinition job, CancellationToken cancellationToken)
    {
        int marked = 0;
        await using IShardQueue dead = broker.Dead(job);
        await foreach (IShardLease lease in dead.LeasesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await results.HasAsync(lease.Shard, cancellationToken).ConfigureAwait(false))
            {
                var mark = new DeadMark(BrokerTopology.DeliveryLimit + 1, Writer);
                bool isNew = await DeadShards.PutAsync(files, lease.Shard, mark, cancellationToken).ConfigureAwait(false);
                marked += isNew ? 1 : 0;
            }

            await lease.DoneAsync().ConfigureAwait(false);
        }

        return marked;
    }
}
