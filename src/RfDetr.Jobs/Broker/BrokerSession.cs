using RabbitMQ.Client;

namespace RfDetr.Jobs;

/// <summary>A connection and its channel, with the queues of a job declared. Publishing on it is confirmed.</summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(0.5), s_longestWait = TimeSpan.FromSeconds(30);

    private readonly IConnection _connection;

    private BrokerSession(IConnection connection, IChannel channel) => (_connection, Channel) = (connection, channel);

    /// <summary>A channel on which publishing ends when the broker has the message.</summary>
    public static CreateChannelOptions Confirmed { get; } =
        new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, null);

    public IChannel Channel { get; }

    /// <summary>Connects; a broker that is not there is an error at once.</summary>
    /// <exception cref="JobException">The broker is not there, or refuses.</exception>
    public static async Task<BrokerSession> OpenAsync(
        BrokerAddress address, string purpose, string job, CancellationToken cancellationToken)
    {
        IConnection connection = await BrokerConnection.OpenAsync(address, purpose, cancellationToken).ConfigureAwait(false);
        try
        {
            IChannel channel = await BrokerWait.ForAsync(
                null, BrokerWait.Answer, end => connection.CreateChannelAsync(Confirmed, end), cancellationToken)
                .ConfigureAwait(false);
            await BrokerWait.ForAsync(
                channel, BrokerWait.Answer, end => BrokerTopology.DeclareAsync(channel, address, job, end), cancellationToken)
                .ConfigureAwait(false);
            return new BrokerSession(connection, channel);
        }
        catch (Exception e)
        {
            await BrokerConnection.CloseAsync(connection).ConfigureAwait(false);
            if (BrokerConnection.IsLost(e))
                throw new JobException($"broker {address}: the connection was lost as soon as it was there", e);
            throw;
        }
    }

    /// <summary>Connects to a broker that was lost, trying again in ever longer steps.</summary>
    /// <exception cref="JobException">The broker has not come back, or refuses.</exception>
    public static async Task<BrokerSession> ReopenAsync(
        BrokerAddress address, string purpose, string job, BrokerOptions options, CancellationToken cancellationToken)
    {
        long end = Environment.TickCount64 + (long)options.Patience.TotalMilliseconds;
        for (TimeSpan wait = s_firstWait; ; wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait)
        {
            try
            {
                return await OpenAsync(address, purpose, job, cancellationToken).ConfigureAwait(false);
            }
            catch (JobException e) when (Environment.TickCount64 + wait.TotalMilliseconds < end)
            {
                options.Notices?.Report(Invariant.Text($"{e.Message}; next try in {wait.TotalSeconds:0.#} s"));
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => BrokerConnection.CloseAsync(_connection);
}
