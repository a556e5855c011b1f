using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RfDetr.Jobs;

/// <summary>
/// Sends a worker's events to the stream <c>rfdetr.events</c>. Whatever happens to the broker, the work neither waits nor fails:
/// events that cannot be sent are forgotten.
/// </summary>
internal sealed class RabbitEvents : IProgress<JobEvent>, IAsyncDisposable
{
    // As many as a worker reports in some minutes; then the oldest go.
    private const int Waiting = 256;

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10), s_flush = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(2);

    private readonly BrokerAddress _address;
    private readonly string _job;
    private readonly Channel<JobEvent> _events = Channel.CreateBounded<JobEvent>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private readonly Task _sending;

    public RabbitEvents(BrokerAddress address, string job)
    {
        (_address, _job) = (address, job);
        _sending = Task.Run(SendAsync);
    }

    public void Report(JobEvent value) => _events.Writer.TryWrite(value);

    /// <summary>Reads the events of a job.</summary>
    /// <param name="address">The broker.</param>
    /// <param name="job">The job's name.</param>
    /// <param name="fromBeginning">True for all that the stream still holds, false for those to come.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<JobEvent> ReadAsync(
        BrokerAddress address, string job, bool fromBeginning, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IConnection connection = await BrokerConnection.OpenAsync(address, "events", cancellationToken).ConfigureAwait(false);
        try
        {
            IChannel channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await BrokerTopology.DeclareEventsAsync(channel, cancellationToken).ConfigureAwait(false);
            await channel.BasicQosAsync(0, Waiting, global: false, cancellationToken).ConfigureAwait(false);
            var arrived = Channel.CreateUnbounded<(ulong Tag, EventMessage? Message)>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, e) =>
            {
                arrived.Writer.TryWrite((e.DeliveryTag, Read(e.Body.Span)));
                return Task.CompletedTask;
            };
            channel.ChannelShutdownAsync += (_, _) =>
            {
                arrived.Writer.TryComplete();
                return Task.CompletedTask;
            };
            // A stream that was just declared has no replica yet, and the broker answers with an internal error.
            await Task.Delay(s_settle, cancellationToken).ConfigureAwait(false);
            await channel.BasicConsumeAsync(
                BrokerTopology.Events, autoAck: false, consumerTag: "", noLocal: false, exclusive: false,
                new Dictionary<string, object?> { ["x-stream-offset"] = fromBeginning ? "first" : "next" }, consumer,
                cancellationToken).ConfigureAwait(false);
            await foreach ((ulong tag, EventMessage? message) in arrived.Reader.ReadAllAsync(cancellationToken)
                .ConfigureAwait(false))
            {
                // A stream keeps what is acknowledged; this only asks for more.
                await channel.BasicAckAsync(tag, multiple: false, cancellationToken).ConfigureAwait(false);
                if (message is { } read && read.Job == job)
                    yield return read.Event;
            }
        }
        finally
        {
            await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what waits, for five seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        _end.CancelAfter(s_flush);
        await _sending.ConfigureAwait(false);
        _end.Dispose();
    }

    private static EventMessage? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, BrokerJson.Default.EventMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (await _events.Reader.WaitToReadAsync(_end.Token).ConfigureAwait(false))
            {
                try
                {
                    await SendUntilLostAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (e is JobException || BrokerConnection.IsLost(e))
                {
                    await Task.Delay(s_retry, _end.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The worker ends.
        }
    }

    private async Task SendUntilLostAsync()
    {
        IConnection connection = await BrokerConnection.OpenAsync(_address, "events", _end.Token).ConfigureAwait(false);
        try
        {
            IChannel channel = await connection.CreateChannelAsync(cancellationToken: _end.Token).ConfigureAwait(false);
            await BrokerTopology.DeclareEventsAsync(channel, _end.Token).ConfigureAwait(false);
            await foreach (JobEvent value in _events.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await channel.BasicPublishAsync(
                    "", BrokerTopology.Events, mandatory: false,
                    new BasicProperties { Persistent = true, ContentType = "application/json", Type = "rfdetr.event" },
                    JsonStyle.ToUtf8(new EventMessage(_job, value), BrokerJson.Default.EventMessage), _end.Token)
                    .ConfigureAwait(false);
            }
        }
        finally
        {
            await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
        }
    }
}
