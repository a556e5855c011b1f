using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace RfDetr.Tools;

/// <summary>
/// Runs one series: warms up, lets all callers begin together, reads the machine's counters on both sides, and puts the samples
/// in order.
/// </summary>
internal sealed class SeriesRunner(Detector detector, ImageSet images, BenchmarkOptions options, int batch, int callers)
{
    private const int LeastCalls = 3, PollMs = 100;

    private readonly CountdownEvent _ready = new(callers), _finished = new(callers);
    private readonly ManualResetEventSlim _go = new(), _release = new();
    private readonly int _limit = options.CallLimit;
    private ExceptionDispatchInfo? _error;
    private volatile bool _stop;
    private long _deadline = long.MaxValue;
    private int _next;

    // With several callers a loop between the calls would take the cores that are to be measured.
    private bool Spins => callers == 1;

    public BenchmarkSeries Run(Action<double> progress, CancellationToken cancellationToken)
    {
        var all = new Caller[callers];
        var threads = new Thread[callers];
        for (int i = 0; i < callers; i++)
        {
            Caller caller = all[i] = new(detector, images, options, batch);
            threads[i] =
                new Thread(() => Work(caller, cancellationToken)) { IsBackground = true, Name = $"benchmark caller {i}" };
            threads[i].Start();
        }

        _ready.Wait(CancellationToken.None);
        GC.Collect();
        MachineCounters before = MachineCounters.Read();
        long start = Stopwatch.GetTimestamp();
        if (options.Seconds is { } seconds)
            _deadline = start + (long)(seconds * Stopwatch.Frequency);
        _go.Set();
        while (!_finished.Wait(PollMs, CancellationToken.None))
            progress(Math.Min(1, Part(start)));
        MachineCounters after = MachineCounters.Read();
        _release.Set();
        foreach (Thread thread in threads)
            thread.Join();
        _error?.Throw();
        return SeriesSummary.Of(batch, callers, options, all, before, after);
    }

    private double Part(long start) => options.Seconds is { } seconds
        ? Stopwatch.GetElapsedTime(start).TotalSeconds / seconds
        : (double)Math.Min(Volatile.Read(ref _next), _limit) / _limit;

    private void Work(Caller caller, CancellationToken cancellationToken)
    {
        Guard(() => WarmUp(caller, cancellationToken));
        _ready.Signal();
        _go.Wait(CancellationToken.None);
        Guard(() => Measure(caller, cancellationToken));

        // The thread lives until its counters were read.
        _finished.Signal();
        _release.Wait(CancellationToken.None);
    }

    private void WarmUp(Caller caller, CancellationToken cancellationToken)
    {
        for (int i = 0; i < options.Warmup && !_stop; i++)
        {
            caller.Call(i, Spins, cancellationToken);
            caller.Reset();
        }
    }

    private void Measure(Caller caller, CancellationToken cancellationToken)
    {
        while (!_stop)
        {
            int number = Interlocked.Increment(ref _next) - 1;
            if (number >= _limit || (number >= LeastCalls && Stopwatch.GetTimestamp() >= _deadline))
                return;
            cancellationToken.ThrowIfCancellationRequested();
            caller.Call(number, Spins, cancellationToken);
            if (options.PauseMs > 0)
                cancellationToken.WaitHandle.WaitOne(options.PauseMs);
        }
    }

    // The first error ends all callers and is thrown to whoever asked for the series.
    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            _ = Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            _stop = true;
        }
    }
}
