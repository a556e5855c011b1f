using System.Runtime.CompilerServices;
using RabbitMQ.Client;

namespace RfDetr.Jobs;

/// <summary>The shards of a job that used up their deliveries; ends when none is left.</summary>
/// <param name="address">The broker.</param>
/// <param name="job">The job.</param>
/// <param name="options">Notices.</param>
internal sealed class RabbitDead(BrokerAddress address, JobDefinition job, BrokerOptions options) : IShardQueue
{
    private BrokerSession? _session;

    /// <summary>
    /// Dead shards one after the other. Messages that belong to no job of this manifest, model and options are removed with a
    /// notice: nothing could compute them, and submitting the job publishes whatever it lacks.
    /// </summary>
    public async IAsyncEnumerable<IShardLease> LeasesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _session ??= await BrokerSession.OpenAsync(address, "repair", job.Name, cancellationToken).ConfigureAwait(false);
        IChannel channel = _session.Channel;
        while (await AskAsync(
            channel, end => channel.BasicGetAsync(BrokerTopology.Dead(job.Name), autoAck: false, end), cancellationToken)
            .ConfigureAwait(false) is { } got)
        {
            var lease = new DeadLease(new RabbitLease(
                channel, got.DeliveryTag, ShardMessage.Read(got.Body.Span), RabbitLease.DeliveriesOf(got.BasicProperties), job));
            if (lease.Inner.Mismatch is { } mismatch)
            {
                options.Notices?.Report($"a message of queue '{BrokerTopology.Dead(job.Name)}' was removed: {mismatch}");
                await lease.DoneAsync().ConfigureAwait(false);
                continue;
            }

            yield return lease;
        }
    }

    /// <summary>Number of dead shards.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        _session ??= await BrokerSession.OpenAsync(address, "status", job.Name, cancellationToken).ConfigureAwait(false);
        IChannel channel = _session.Channel;
        return await AskAsync(
            channel, end => channel.MessageCountAsync(BrokerTopology.Dead(job.Name), end), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
            await session.DisposeAsync().ConfigureAwait(false);
        _session = null;
    }

    private async Task<T> AskAsync<T>(
        IChannel channel, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await BrokerWait.ForAsync(channel, BrokerWait.Answer, ask, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e))
        {
            throw BrokerConnection.Failed(
                address, $"the dead shards of job '{job.Name}' cannot be read now; none is lost, try again", e);
        }
    }

    /// <summary>A dead shard: given back, it stays among the dead.</summary>
    private sealed class DeadLease(RabbitLease inner) : IShardLease
    {
        public RabbitLease Inner => inner;

        public ShardRef Shard => inner.Shard;

        public JobDefinition Job => inner.Job;

        public Task DoneAsync() => inner.DoneAsync();

        public Task GiveBackAsync() => inner.ReturnAsync();
    }
}
