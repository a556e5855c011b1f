using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RfDetr.Jobs;

/// <summary>Waits for answers of the broker; each ends with the answer, with the channel, or when its time has passed.</summary>
/// <remarks>
/// The client leaves some answers open for good: a confirmation whose connection is lost at that moment, a message that the
/// broker's flow control holds back until then, the end of a connection that nobody answers to.
/// </remarks>
internal static class BrokerWait
{
    /// <summary>The time for an answer; the client's own limit is shorter where it has one.</summary>
    public static TimeSpan Answer { get; } = TimeSpan.FromMinutes(1.5);

    /// <summary>The time for what a worker that ends still says; others wait for its end.</summary>
    public static TimeSpan Farewell { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits for an operation on a channel; all failures but refusals are ones of a lost connection.</summary>
    /// <param name="channel">The channel; null where there is none yet, or none any more.</param>
    /// <param name="limit">The time that the operation may take.</param>
    /// <param name="operation">The operation; its token is canceled when nobody waits any more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AlreadyClosedException">The channel was closed before the answer.</exception>
    /// <exception cref="TimeoutException">The time has passed.</exception>
    public static async Task<T> ForAsync<T>(
        IChannel? channel, TimeSpan limit, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var closed = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (channel is not null)
            channel.ChannelShutdownAsync += ClosedAsync;
        try
        {
            if (channel?.CloseReason is { } reason)
                throw new AlreadyClosedException(reason);
            Task<T> work = operation(end.Token);
            Task first = await Task.WhenAny(work, closed.Task, Task.Delay(limit, end.Token)).ConfigureAwait(false);
            if (first == work)
                return await work.ConfigureAwait(false);
            _ = work.ContinueWith(
                late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
            throw closed.Task.IsCompleted
                ? new AlreadyClosedException(await closed.Task.ConfigureAwait(false))
                : new TimeoutException(Invariant.Text($"the broker did not answer within {limit.TotalSeconds:0.#} s"));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the broker did not answer in time", e); // the client's own limit
        }
        finally
        {
            if (channel is not null)
                channel.ChannelShutdownAsync -= ClosedAsync;
            await end.CancelAsync().ConfigureAwait(false);
        }

        Task ClosedAsync(object sender, ShutdownEventArgs reason)
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        }
    }

    /// <summary>As above, for an operation without a result.</summary>
    /// <inheritdoc cref="ForAsync{T}"/>
    public static Task ForAsync(
        IChannel? channel, TimeSpan limit, Func<CancellationToken, Task> operation, CancellationToken cancellationToken) =>
        ForAsync(
            channel, limit,
            async end =>
            {
                await operation(end).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
}
