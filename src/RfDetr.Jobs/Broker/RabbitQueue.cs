using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RfDetr.Jobs;

/// <summary>The shards of a job that wait in RabbitMQ.</summary>
/// <remarks>
/// A shard that was delivered before may be the one that kills its workers. It travels alone: before it is handed out, the shards
/// that wait in this worker's hands go back, and none comes until it is settled; else they would use up their deliveries with it.
/// </remarks>
/// <param name="address">The broker.</param>
/// <param name="job">The job.</param>
/// <param name="options">Prefetch, patience and notices.</param>
internal sealed class RabbitQueue(BrokerAddress address, JobDefinition job, BrokerOptions options) : IShardQueue
{
    private readonly List<BrokerSession> _sessions = [];
    private Consumer? _consumer;
    private volatile bool _disposed;

    /// <summary>
    /// Shards until canceled. A broker that is not there at the beginning is an error at once; one that is lost later has
    /// <see cref="BrokerOptions.Patience"/> to come back.
    /// </summary>
    public async IAsyncEnumerable<IShardLease> LeasesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BrokerSession session =
            await BrokerSession.OpenAsync(address, "worker", job.Name, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            lock (_sessions)
                _sessions.Add(session);
            var consumer = new Consumer(session.Channel, job, options);
            _consumer = consumer;
            // Not the consumer's own callback: a consumer that has stopped is not told any more.
            session.Channel.ChannelShutdownAsync += consumer.ShutdownAsync;
            try
            {
                await consumer.StartAsync(cancellationToken).ConfigureAwait(false);
                while (await consumer.NextAsync(cancellationToken).ConfigureAwait(false) is { } lease)
                {
                    if (lease.Mismatch is { } mismatch)
                    {
                        options.Notices?.Report(
                            $"a message of queue '{BrokerTopology.Work(job.Name)}' was put aside: {mismatch}");
                        await lease.RejectAsync().ConfigureAwait(false);
                        continue;
                    }

                    bool suspect = lease.Deliveries > 0;
                    if (suspect)
                        await consumer.StopAsync().ConfigureAwait(false);
                    yield return lease;
                    if (suspect)
                    {
                        await Task.WhenAny(lease.Settled, consumer.Lost).WaitAsync(cancellationToken).ConfigureAwait(false);
                        await consumer.StartAsync(cancellationToken).ConfigureAwait(false);
                    }
                }
            }
            finally
            {
                // Shards that were handed out may still be acknowledged: the connection stays open until the queue is disposed.
                await consumer.StopAsync().ConfigureAwait(false);
            }

            if (_disposed)
                yield break;
            // Its leases are void already; where the broker closed the channel alone, the connection would stay.
            lock (_sessions)
                _sessions.Remove(session);
            await session.DisposeAsync().ConfigureAwait(false);
            options.Notices?.Report($"broker {address}: the connection was lost ({consumer.Reason}); connecting again");
            session = await BrokerSession.ReopenAsync(address, "worker", job.Name, options, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Gives back what nobody asked for yet; shards that were handed out and not settled go to other workers.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_consumer is { } consumer)
            await consumer.StopAsync().ConfigureAwait(false);
        BrokerSession[] sessions;
        lock (_sessions)
        {
            sessions = [.. _sessions];
            _sessions.Clear();
        }

        foreach (BrokerSession session in sessions)
            await session.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Takes what arrives. Its callbacks only take notes: a connection that is closed or aborted inside one waits for the
    /// callback that waits for it.
    /// </summary>
    private sealed class Consumer(IChannel channel, JobDefinition job, BrokerOptions options) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly Channel<RabbitLease> _arrived = System.Threading.Channels.Channel.CreateUnbounded<RabbitLease>();
        private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string? _tag;

        /// <summary>Ends when nothing will arrive any more.</summary>
        public Task Lost => _lost.Task;

        public string Reason { get; private set; } = "no reason was given";

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            if (_tag is not null || _lost.Task.IsCompleted)
                return;
            try
            {
                _stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _tag = await BrokerWait.ForAsync(Channel, BrokerWait.Answer, ConsumeAsync, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (BrokerConnection.IsLost(e))
            {
                Lose(e.Message);
            }
        }

        /// <summary>Ends deliveries and gives back what arrived and was not handed out.</summary>
        public async Task StopAsync()
        {
            if (_tag is { } tag)
            {
                _tag = null;
                try
                {
                    await BrokerWait.ForAsync(
                        Channel, BrokerWait.Farewell,
                        async end =>
                        {
                            await Channel.BasicCancelAsync(tag, noWait: false, end).ConfigureAwait(false);
                            // Deliveries that were under way come before the broker's answer.
                            await _stopped.Task.WaitAsync(end).ConfigureAwait(false);
                        },
                        CancellationToken.None).ConfigureAwait(false);
                }
                catch (Exception e) when (BrokerConnection.IsLost(e))
                {
                    Lose(e.Message);
                }
            }

            while (_arrived.Reader.TryRead(out RabbitLease? lease))
                await (lease.Mismatch is null ? lease.GiveBackAsync() : lease.RejectAsync()).ConfigureAwait(false);
        }

        /// <summary>The next shard; null if the connection is lost.</summary>
        public async Task<RabbitLease?> NextAsync(CancellationToken cancellationToken)
        {
            while (await _arrived.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // What arrived on a connection that is lost is handed to another worker already.
                if (_lost.Task.IsCompleted)
                    return null;
                if (_arrived.Reader.TryRead(out RabbitLease? lease))
                    return lease;
            }

            return null;
        }

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
            IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            // The body is the client's again after this call: it is read here.
            _arrived.Writer.TryWrite(new RabbitLease(
                Channel, deliveryTag, ShardMessage.Read(body.Span), RabbitLease.DeliveriesOf(properties), job));
            return Task.CompletedTask;
        }

        public override Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            _stopped.TrySetResult();
            return Task.CompletedTask;
        }

        public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            Lose($"the broker ended the deliveries of queue '{BrokerTopology.Work(job.Name)}': was it deleted?");
            return Task.CompletedTask;
        }

        public Task ShutdownAsync(object sender, ShutdownEventArgs reason)
        {
            string text = reason.ReplyText;
            Lose(text.Contains("delivery acknowledgement", StringComparison.Ordinal)
                ? $"a shard took longer than the broker's consumer_timeout: {text}"
                : text);
            return Task.CompletedTask;
        }

        private async Task<string> ConsumeAsync(CancellationToken cancellationToken)
        {
            await Channel.BasicQosAsync(0, options.Prefetch, global: false, cancellationToken).ConfigureAwait(false);
            return await Channel.BasicConsumeAsync(
                BrokerTopology.Work(job.Name), autoAck: false, consumer: this, cancellationToken).ConfigureAwait(false);
        }

        private void Lose(string reason)
        {
            if (_lost.TrySetResult())
                Reason = reason;
            _arrived.Writer.TryComplete();
        }
    }
}
