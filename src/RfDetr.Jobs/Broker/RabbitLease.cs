using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RfDetr.Jobs;

/// <summary>A shard that the broker has handed to this worker, until it is acknowledged or the connection is lost.</summary>
/// <remarks>
/// If the connection is lost, the broker hands the shard to another worker by itself; what this one does about it is void, and
/// results that it stored are recognized there.
/// </remarks>
internal sealed class RabbitLease(IChannel channel, ulong tag, ShardMessage? message, int deliveries, JobDefinition job)
    : IShardLease
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ShardRef Shard => Message.Reference;

    public JobDefinition Job => job;

    /// <summary>Deliveries before this one: each was a worker that died with it, or ran out of time.</summary>
    public int Deliveries => deliveries;

    /// <summary>Ends when the shard is done or given back.</summary>
    public Task Settled => _settled.Task;

    /// <summary>The reason why it cannot be done: its message is unreadable or belongs to another job; null if it can.</summary>
    public string? Mismatch => message is null ? "it cannot be read" : message.Mismatch(job);

    private ShardMessage Message => message ?? throw new InvalidOperationException("the message cannot be read");

    /// <summary>Deliveries before this one, as the broker counts them in quorum queues.</summary>
    public static int DeliveriesOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("x-delivery-count", out object? count) == true
            ? Convert.ToInt32(count, CultureInfo.InvariantCulture)
            : 0;

    public Task DoneAsync() => SettleAsync(end => channel.BasicAckAsync(tag, multiple: false, end));

    /// <summary>
    /// Puts a copy at the queue's end and acknowledges the original: a message that is returned counts as a failed delivery, and
    /// four workers that end in good order would make a shard dead.
    /// </summary>
    public async Task GiveBackAsync()
    {
        if (_settled.Task.IsCompleted)
            return;
        bool isKept = true;
        try
        {
            await BrokerWait.ForAsync(
                channel, BrokerWait.Farewell,
                end => channel.BasicPublishAsync(
                    "", BrokerTopology.Work(job.Name), mandatory: true, Message.Properties(), Message.ToBytes(), end).AsTask(),
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PublishException || BrokerConnection.IsLost(e))
        {
            isKept = false; // the queue takes nothing more: then it must be a return after all
        }

        await (isKept ? DoneAsync() : ReturnAsync()).ConfigureAwait(false);
    }

    /// <summary>Returns it as it is; for queues that count nothing.</summary>
    public Task ReturnAsync() => SettleAsync(end => channel.BasicNackAsync(tag, multiple: false, requeue: true, end));

    /// <summary>Sends it to the dead shards.</summary>
    public Task RejectAsync() => SettleAsync(end => channel.BasicRejectAsync(tag, requeue: false, end));

    private async Task SettleAsync(Func<CancellationToken, ValueTask> settle)
    {
        if (_settled.Task.IsCompleted)
            return;
        try
        {
            await BrokerWait.ForAsync(
                channel, BrokerWait.Farewell, end => settle(end).AsTask(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e))
        {
            // The broker hands it to another worker.
        }
        finally
        {
            _settled.TrySetResult();
        }
    }
}
