using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RfDetr.Jobs;

/// <summary>
/// Sends a worker's events to the stream <c>rfdetr.events</c>, in order, each confirmed; one that was not is sent again, so that
/// a listener may see it twice. Whatever happens to the broker, the work neither waits nor fails: of events that cannot be sent
/// the oldest are forgotten.
/// </summary>
internal sealed class RabbitEvents : IProgress<JobEvent>, IAsyncDisposable
{
    // As many as a worker reports in some minutes; then the oldest go.
    private const int Waiting = 256;

    // A new stream has a replica after some tenths of a second.
    private const int MostTries = 50;

    private static readonly TimeSpan s_confirmation = TimeSpan.FromSeconds(10), s_retry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_flush = TimeSpan.FromSeconds(5), s_settle = TimeSpan.FromSeconds(0.2);

    private readonly BrokerAddress _address;
    private readonly string _job;
    private readonly Channel<JobEvent> _events = Channel.CreateBounded<JobEvent>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private readonly Task _sending;

    private IConnection? _connection; // of the task that sends, as is the channel
    private IChannel? _channel;

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
    /// <exception cref="JobException">The broker is not there, refuses, or was lost.</exception>
    public static async IAsyncEnumerable<JobEvent> ReadAsync(
        BrokerAddress address, string job, bool fromBeginning, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arrived = Channel.CreateUnbounded<(ulong Tag, EventMessage? Message)>();
        (IConnection connection, IChannel channel) =
            await ConsumeAsync(address, arrived.Writer, fromBeginning, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach ((ulong tag, EventMessage? message) in arrived.Reader.ReadAllAsync(cancellationToken)
                .ConfigureAwait(false))
            {
                await AskForMoreAsync(channel, tag, cancellationToken).ConfigureAwait(false);
                if (message is { } read && read.Job == job)
                    yield return read.Event;
            }

            throw new JobException($"broker {address}: the connection was lost while events were read; start again");
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

    private static async Task<(IConnection, IChannel)> ConsumeAsync(
        BrokerAddress address, ChannelWriter<(ulong Tag, EventMessage? Message)> arrived, bool fromBeginning,
        CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            bool isDeclared = false;
            IConnection connection =
                await BrokerConnection.OpenAsync(address, "events", cancellationToken).ConfigureAwait(false);
            try
            {
                IChannel channel =
                    await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                await BrokerTopology.DeclareEventsAsync(channel, cancellationToken).ConfigureAwait(false);
                isDeclared = true;
                await channel.BasicQosAsync(0, Waiting, global: false, cancellationToken).ConfigureAwait(false);
                var consumer = new AsyncEventingBasicConsumer(channel);
                consumer.ReceivedAsync += (_, e) =>
                {
                    arrived.TryWrite((e.DeliveryTag, Read(e.Body.Span)));
                    return Task.CompletedTask;
                };
                await channel.BasicConsumeAsync(
                    BrokerTopology.Events, autoAck: false, consumerTag: "", noLocal: false, exclusive: false,
                    new Dictionary<string, object?> { ["x-stream-offset"] = fromBeginning ? "first" : "next" }, consumer,
                    cancellationToken).ConfigureAwait(false);
                channel.ChannelShutdownAsync += (_, _) =>
                {
                    arrived.TryComplete();
                    return Task.CompletedTask;
                };
                if (!channel.IsOpen)
                    arrived.TryComplete(); // closed before anybody listened
                return (connection, channel);
            }
            catch (OperationInterruptedException) when (isDeclared && tries < MostTries)
            {
                // A stream that was just declared has no replica yet: the broker closes the channel, or the connection.
                await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
                await Task.Delay(s_settle, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (BrokerConnection.IsLost(e))
            {
                await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
                throw BrokerConnection.Failed(address, "events cannot be read", e);
            }
            catch
            {
                await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
                throw;
            }
        }
    }

    // A stream keeps what is acknowledged. If the connection has gone, nothing more arrives, and that ends the reading.
    private static async Task AskForMoreAsync(IChannel channel, ulong tag, CancellationToken cancellationToken)
    {
        try
        {
            await channel.BasicAckAsync(tag, multiple: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (BrokerConnection.IsLost(e))
        {
            // What has arrived is still handed out.
        }
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
            await foreach (JobEvent value in _events.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                ReadOnlyMemory<byte> body = JsonStyle.ToUtf8(new EventMessage(_job, value), BrokerJson.Default.EventMessage);
                while (!await IsTakenAsync(body).ConfigureAwait(false))
                    await Task.Delay(s_retry, _end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The worker ends.
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends one event; false if the broker did not confirm it, and the next try needs a new connection.</summary>
    private async Task<bool> IsTakenAsync(ReadOnlyMemory<byte> body)
    {
        // A stream that was just declared may lose what comes first, without closing the channel and without a confirmation.
        try
        {
            _connection ??= await BrokerConnection.OpenAsync(_address, "events", _end.Token).ConfigureAwait(false);
            IChannel channel = _channel ??=
                await BrokerWait.ForAsync(null, BrokerWait.Answer, DeclareAsync, _end.Token).ConfigureAwait(false);
            await BrokerWait.ForAsync(
                channel, s_confirmation,
                end => channel.BasicPublishAsync(
                    "", BrokerTopology.Events, mandatory: true,
                    new BasicProperties { Persistent = true, ContentType = "application/json", Type = "rfdetr.event" }, body, end)
                    .AsTask(),
                _end.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is JobException or PublishException || BrokerConnection.IsLost(e))
        {
            await CloseAsync().ConfigureAwait(false);
            return false;
        }
    }

    private async Task<IChannel> DeclareAsync(CancellationToken cancellationToken)
    {
        IChannel channel =
            await _connection!.CreateChannelAsync(BrokerSession.Confirmed, cancellationToken).ConfigureAwait(false);
        await BrokerTopology.DeclareEventsAsync(channel, cancellationToken).ConfigureAwait(false);
        return channel;
    }

    private async ValueTask CloseAsync()
    {
        IConnection? connection = _connection;
        (_connection, _channel) = (null, null);
        if (connection is not null)
            await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
    }
}
