using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RfDetr.Jobs;

/// <summary>
/// Publishes shards: each persistent, mandatory and confirmed. Not safe for several threads at once.
/// </summary>
/// <param name="address">The broker.</param>
/// <param name="options">Patience and notices.</param>
internal sealed class RabbitPublisher(BrokerAddress address, BrokerOptions options) : IShardPublisher
{
    // Confirmations come in groups, one for each write to the broker's log: with one message at a time every message waits for
    // the disk. Memory and what is sent again after a lost connection are bounded by it.
    private const int Batch = 512;

    private BrokerSession? _session;

    /// <summary>
    /// Publishes the shards; after a lost connection those that were not confirmed are sent again, which harms nothing.
    /// </summary>
    public async Task<long> PublishAsync(
        JobDefinition job, IEnumerable<ShardRef> shards, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(shards);
        await OpenAsync(job.Name, reopen: false, cancellationToken).ConfigureAwait(false);
        long count = 0;
        foreach (ShardRef[] batch in shards.Chunk(Batch))
        {
            await PublishBatchAsync(job, batch, cancellationToken).ConfigureAwait(false);
            count += batch.Length;
            progress?.Report(count);
        }

        return count;
    }

    public ValueTask DisposeAsync()
    {
        BrokerSession? session = _session;
        _session = null;
        return session?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task PublishBatchAsync(JobDefinition job, ShardRef[] batch, CancellationToken cancellationToken)
    {
        long begin = Environment.TickCount64;
        while (true)
        {
            try
            {
                IChannel channel = _session!.Channel;
                await BrokerWait.ForAsync(
                    channel, options.Confirmation, end => SendAsync(channel, job, batch, end), cancellationToken)
                    .ConfigureAwait(false);
                return;
            }
            catch (PublishException e) when (!e.IsReturn && Patient(begin))
            {
                options.Notices?.Report($"broker {address}: it did not take messages of job '{job.Name}'; they are sent again");
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            }
            catch (PublishException e)
            {
                string why = e.IsReturn ? "queue has gone" : "queue does not take them (is the broker out of disk or memory?)";
                throw new JobException(
                    $"broker {address}: messages of job '{job.Name}' were not kept: the {why}; submit the job again", e);
            }
            catch (Exception e) when (BrokerConnection.IsLost(e) && Patient(begin))
            {
                string what = e is TimeoutException
                    ? Invariant.Text($"it did not confirm messages within {options.Confirmation.TotalSeconds:0.#} s")
                    : "the connection was lost while publishing";
                options.Notices?.Report($"broker {address}: {what}; connecting again");
                await OpenAsync(job.Name, reopen: true, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (BrokerConnection.IsLost(e))
            {
                string what = $"messages of job '{job.Name}' were not confirmed (is the broker out of disk or memory?)";
                throw BrokerConnection.Failed(address, what + "; submit the job again", e);
            }
        }
    }

    private static Task SendAsync(IChannel channel, JobDefinition job, ShardRef[] batch, CancellationToken cancellationToken)
    {
        var pending = new Task[batch.Length];
        for (int i = 0; i < batch.Length; i++)
        {
            var message = ShardMessage.Of(job, batch[i]);
            pending[i] = channel.BasicPublishAsync(
                "", BrokerTopology.Work(job.Name), mandatory: true, message.Properties(), message.ToBytes(), cancellationToken)
                .AsTask();
        }

        return Task.WhenAll(pending);
    }

    private bool Patient(long begin) => Environment.TickCount64 - begin < options.Patience.TotalMilliseconds;

    private async Task OpenAsync(string job, bool reopen, CancellationToken cancellationToken)
    {
        if (!reopen && _session is { Channel.IsOpen: true })
            return;
        await DisposeAsync().ConfigureAwait(false);
        _session = reopen
            ? await BrokerSession.ReopenAsync(address, "publisher", job, options, cancellationToken).ConfigureAwait(false)
            : await BrokerSession.OpenAsync(address, "publisher", job, cancellationToken).ConfigureAwait(false);
    }
}
