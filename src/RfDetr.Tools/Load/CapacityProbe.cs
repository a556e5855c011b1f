using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>
/// The rate that a server can keep up: answers per second while a few callers always have a request each (closed loop). Latencies
/// measured in this way would flatter; the rate does not.
/// </summary>
internal static class CapacityProbe
{
    /// <exception cref="IOException">The server does not answer with success.</exception>
    public static async Task<double> MeasureAsync(ILoadTarget target, LoadOptions options, CancellationToken cancellation)
    {
        TimeProvider clock = options.Clock;
        var patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
        Require(await target.SendAsync(0, patience, cancellation).ConfigureAwait(false), options);
        long begin = clock.GetTimestamp();
        int next = 0, answered = 0;
        await Task.WhenAll(Enumerable.Range(0, options.Callers).Select(_ => Task.Run(CallAsync, cancellation)))
            .ConfigureAwait(false);
        return answered / clock.GetElapsedTime(begin).TotalSeconds;

        async Task CallAsync()
        {
            while (clock.GetElapsedTime(begin).TotalSeconds < options.Seconds)
            {
                int index = Interlocked.Increment(ref next);
                Require(await target.SendAsync(index, patience, cancellation).ConfigureAwait(false), options);
                Interlocked.Increment(ref answered);
            }
        }
    }

    private static void Require(LoadAnswer answer, LoadOptions options)
    {
        if (!answer.IsSuccess)
            throw new IOException(
                Text($"the capacity of {options.Url} cannot be measured: with {options.Callers} callers a request ended with ")
                    + $"'{answer.Outcome}', expected success; check the address and the image, or name rates instead");
    }
}
