using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace RfDetr.Cpu;

/// <summary>
/// Helper threads that share the tasks of one step at a time with the calling thread. Which thread carries out which task changes
/// nothing about the result.
/// </summary>
/// <remarks>Within a run helpers spin for the next step, then sleep; between runs they sleep.</remarks>
internal sealed class ThreadTeam : IDisposable
{
    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskRanges _tasks;
    private readonly long _spinTicks;
    private Shared _shared;
    private Step? _step;
    private TaskContext _context;
    private int _scratchStep, _number;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopping, _running;

    /// <param name="threads">Threads that work together, the caller's among them.</param>
    /// <param name="spinMicroseconds">Time that helpers look for the next step before they sleep.</param>
    /// <param name="cores">Processors helpers are bound to; empty for any.</param>
    public ThreadTeam(int threads, int spinMicroseconds, IReadOnlyList<int> cores)
    {
        _spinTicks = spinMicroseconds * Stopwatch.Frequency / 1_000_000;
        _tasks = new TaskRanges(threads);
        _helpers = new Thread[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            int worker = i + 1;
            int? core = cores.Count > 0 ? cores[i % cores.Count] : null;
            _helpers[i] = new Thread(() => Help(worker, core)) { IsBackground = true, Name = $"RfDetr CPU {worker}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Threads that work together.</summary>
    public int Threads => _helpers.Length + 1;

    /// <summary>Claims the team for a run; false if another run has it.</summary>
    public bool TryEnter()
    {
        if (Interlocked.CompareExchange(ref _shared.Owned, 1, 0) != 0)
            return false;
        _running = true;
        Wake();
        return true;
    }

    /// <summary>Ends the run; helpers go to sleep.</summary>
    public void Exit()
    {
        _running = false;
        Volatile.Write(ref _shared.Owned, 0);
    }

    /// <summary>Carries out all tasks of a step. Only between <see cref="TryEnter"/> and <see cref="Exit"/>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="arena">The run's arena.</param>
    /// <param name="scratch">Scratch of worker 0.</param>
    /// <param name="scratchStep">Bytes from one worker's scratch to the next.</param>
    public void Run(Step step, nint arena, nint scratch, int scratchStep)
    {
        int tasks = step.Tasks;
        (_step, _context, _scratchStep) = (step, new TaskContext(arena, scratch), scratchStep);
        _shared.Pending = tasks;
        _tasks.Post(unchecked(++_number), tasks);
        Wake();
        Work(0);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _shared.Pending) > 0)
            spin.SpinOnce(sleep1Threshold: -1);
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        if (_helpers.Length > 0)
            _ = _wake.Release(_helpers.Length);
        foreach (Thread helper in _helpers)
            helper.Join();
        _wake.Dispose();
    }

    private void Wake()
    {
        if (Volatile.Read(ref _shared.Sleeping) == 0)
            return;
        int sleeping = Interlocked.Exchange(ref _shared.Sleeping, 0);
        if (sleeping > 0)
            _ = _wake.Release(sleeping);
    }

    private void Work(int worker)
    {
        for (int task; (task = _tasks.Take(worker)) >= 0;)
        {
            // The step cannot end, and its fields cannot change, before this task has been counted off.
            Step step = _step!;
            try
            {
                step.Execute(task, _context with { Scratch = _context.Scratch + (nint)worker * _scratchStep });
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            _ = Interlocked.Decrement(ref _shared.Pending);
        }
    }

    private void Help(int worker, int? core)
    {
        if (core is { } processor)
            CoreBinding.BindCurrentThread(processor);
        while (!_stopping)
        {
            Work(worker);
            if (!SpinForWork())
                Sleep();
        }
    }

    private bool SpinForWork()
    {
        long start = Stopwatch.GetTimestamp();
        while (_running && !_stopping)
        {
            for (int i = 0; i < 16; i++)
            {
                if (_tasks.Any)
                    return true;
                Thread.SpinWait(8);
            }

            if (Stopwatch.GetTimestamp() - start > _spinTicks)
                return false;
        }

        return false;
    }

    private void Sleep()
    {
        // Announced first and looked at again, so that work posted in between is not missed.
        _ = Interlocked.Increment(ref _shared.Sleeping);
        if (_tasks.Any || _stopping)
            Wake();
        _wake.Wait();
    }

    // Each on cache lines of its own: one is counted down by all, the others hardly touched.
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 384)]
    private struct Shared
    {
        [System.Runtime.InteropServices.FieldOffset(128)]
        public int Pending;

        [System.Runtime.InteropServices.FieldOffset(256)]
        public int Sleeping;

        [System.Runtime.InteropServices.FieldOffset(320)]
        public int Owned;
    }
}
