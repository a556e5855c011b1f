namespace RfDetr.Tools;

/// <summary>
/// One step: requests go out on their schedule whatever becomes of those before, and a request's latency counts from the time at
/// which it was to be sent. A stalled server so delays all requests of that time, as it does for real callers, and not only the
/// few that were waiting already.
/// </summary>
internal sealed class LoadStepRun(ILoadTarget target, LoadOptions options, double rate)
{
    private readonly TimeProvider _clock = options.Clock;
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
    private LoadRequest[] _requests = [];
    private long _begin;

    public async Task<LoadStep> RunAsync(int round, ulong seed, CancellationToken cancellation)
    {
        TimeSpan[] schedule = ArrivalSchedule.Of(rate, options.Seconds, options.Arrivals, seed);
        _requests = new LoadRequest[schedule.Length];
        var sent = new List<Task>(schedule.Length);
        using var places = new SemaphoreSlim(options.InFlight);
        MachineCounters before = MachineCounters.Read();
        _begin = _clock.GetTimestamp();
        try
        {
            for (int i = 0; i < schedule.Length; i++)
            {
                TimeSpan early = schedule[i] - Elapsed();
                if (early > TimeSpan.Zero)
                    await Task.Delay(early, _clock, cancellation).ConfigureAwait(false);
                await places.WaitAsync(cancellation).ConfigureAwait(false);
                sent.Add(SendAsync(i, schedule[i], places, cancellation));
            }
        }
        finally
        {
            // Requests return their places, so they end before these do.
            await Task.WhenAll(sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellation.ThrowIfCancellationRequested();
        await Task.WhenAll(sent).ConfigureAwait(false);
        return LoadStep.Of(rate, round, options.Seconds, _requests, MachineCounters.OthersShare(before, MachineCounters.Read()));
    }

    private async Task SendAsync(int index, TimeSpan intended, SemaphoreSlim places, CancellationToken cancellation)
    {
        try
        {
            TimeSpan sent = Elapsed(), rest = _patience - (sent - intended);
            LoadAnswer answer = rest > TimeSpan.Zero
                ? await target.SendAsync(index, rest, cancellation).ConfigureAwait(false)
                : new LoadAnswer(LoadOutcomes.NotSent);
            _requests[index] = new LoadRequest(intended, sent, Elapsed(), answer);
        }
        finally
        {
            places.Release();
        }
    }

    private TimeSpan Elapsed() => _clock.GetElapsedTime(_begin);
}

/// <summary>A request's times from the beginning of its step, and its answer.</summary>
internal readonly record struct LoadRequest(TimeSpan Intended, TimeSpan Sent, TimeSpan Answered, LoadAnswer Answer)
{
    public double LatencyMs => (Answered - Intended).TotalMilliseconds;

    public double ServiceMs => (Answered - Sent).TotalMilliseconds;

    public double LagMs => (Sent - Intended).TotalMilliseconds;
}
