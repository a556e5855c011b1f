using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RfDetr.Jobs;

/// <summary>The queues of a job; declaring them again changes nothing.</summary>
internal static class BrokerTopology
{
    /// <summary>
    /// A shard is delivered once and then this often again, each time because its worker died or ran out of time; then it is
    /// dead.
    /// </summary>
    public const int DeliveryLimit = 3;

    /// <summary>The exchange that dead shards go through; the routing key is the job.</summary>
    public const string DeadExchange = "rfdetr.dead";

    /// <summary>The stream of events of all jobs.</summary>
    public const string Events = "rfdetr.events";

    private const long MostEventBytes = 1_000_000_000;

    /// <summary>The queue of shards that wait.</summary>
    public static string Work(string job) => "rfdetr.work." + job;

    /// <summary>
    /// The queue of dead shards. Each job has its own: in a common one, repairing a job would mean taking out the others' too.
    /// </summary>
    public static string Dead(string job) => "rfdetr.dead." + job;

    /// <summary>Declares the queues of a job.</summary>
    /// <exception cref="JobException">The broker refuses, or has such queues with other settings.</exception>
    public static async Task DeclareAsync(
        IChannel channel, BrokerAddress address, string job, CancellationToken cancellationToken)
    {
        try
        {
            await channel.ExchangeDeclareAsync(
                DeadExchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            await channel.QueueDeclareAsync(
                Dead(job), durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            await channel.QueueBindAsync(Dead(job), DeadExchange, job, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            await channel.QueueDeclareAsync(
                Work(job), durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?>
                {
                    ["x-queue-type"] = "quorum",
                    ["x-delivery-limit"] = DeliveryLimit,
                    ["x-dead-letter-exchange"] = DeadExchange,
                    ["x-dead-letter-routing-key"] = job,
                    ["x-dead-letter-strategy"] = "at-least-once",
                    ["x-overflow"] = "reject-publish", // which at-least-once asks for
                },
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException e)
        {
            throw BrokerConnection.Failed(address, $"the queues of job '{job}' cannot be declared", e);
        }
    }

    /// <summary>Declares the stream of events.</summary>
    public static Task DeclareEventsAsync(IChannel channel, CancellationToken cancellationToken) => channel.QueueDeclareAsync(
        Events, durable: true, exclusive: false, autoDelete: false,
        new Dictionary<string, object?>
        {
            ["x-queue-type"] = "stream",
            ["x-max-length-bytes"] = MostEventBytes,
            ["x-max-age"] = "7D",
        },
        cancellationToken: cancellationToken);

    /// <summary>Removes the queues of a job with everything in them.</summary>
    public static async Task DeleteAsync(IChannel channel, string job, CancellationToken cancellationToken)
    {
        await channel.QueueDeleteAsync(Work(job), cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.QueueDeleteAsync(Dead(job), cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
