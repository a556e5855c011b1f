using System.Diagnostics;

namespace RfDetr.Training;

/// <summary>
/// Makes items number by number on worker threads and hands them out in order. At most <c>lookAhead</c> are ready or being made;
/// a failure comes out where its item would have.
/// </summary>
internal sealed class OrderedWork<T> : IDisposable
    where T : class
{
    private readonly Func<int, T> _make;
    private readonly int _end;
    private readonly object _lock = new();
    private readonly Slot[] _slots;
    private readonly Thread[] _threads;
    private int _nextToMake;
    private int _nextToGive;
    private bool _stopped;

    /// <summary>Starts the threads.</summary>
    public OrderedWork(int begin, int end, int workers, int lookAhead, Func<int, T> make)
    {
        (_make, _end, _nextToMake, _nextToGive) = (make, end, begin, begin);
        _slots = new Slot[lookAhead];
        _threads = new Thread[Math.Min(workers, Math.Max(end - begin, 0))];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Time that <see cref="Next"/> waited for items in all.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The next item; null at the end.</summary>
    public T? Next(CancellationToken cancellation)
    {
        if (_nextToGive >= _end)
            return null;
        long start = Stopwatch.GetTimestamp();
        if (_threads.Length == 0)
        {
            T made = _make(_nextToGive++);
            Waited += Stopwatch.GetElapsedTime(start);
            return made;
        }

        using CancellationTokenRegistration wake = cancellation.Register(Pulse);
        lock (_lock)
        {
            ref Slot slot = ref _slots[_nextToGive % _slots.Length];
            while (!slot.Done)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_lock);
            }

            Waited += Stopwatch.GetElapsedTime(start);
            (T? item, Exception? failure) = (slot.Item, slot.Failure);
            slot = default;
            _nextToGive++;
            Monitor.PulseAll(_lock);
            if (failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            return item;
        }
    }

    /// <summary>Lets the workers end, after the items they are making.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }

        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Work()
    {
        while (true)
        {
            int number;
            lock (_lock)
            {
                while (!_stopped && _nextToMake < _end && _nextToMake >= _nextToGive + _slots.Length)
                    Monitor.Wait(_lock);
                if (_stopped || _nextToMake >= _end)
                    return;
                number = _nextToMake++;
            }

            Slot made;
            try
            {
                made = new Slot(true, _make(number), null);
            }
            catch (Exception e)
            {
                made = new Slot(true, null, e);
            }

            lock (_lock)
            {
                _slots[number % _slots.Length] = made;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void Pulse()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
    }

    private readonly record struct Slot(bool Done, T? Item, Exception? Failure);
}
