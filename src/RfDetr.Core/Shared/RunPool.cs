namespace RfDetr;

/// <summary>
/// Reusable buffers of runs, kept for the batch sizes that were used last: a caller who tries many sizes does not hold memory for
/// each of them. Safe for many threads.
/// </summary>
/// <typeparam name="TPlan">Data that all runs of one batch size share.</typeparam>
/// <typeparam name="TRun">The buffers of one run, used by one caller at a time.</typeparam>
/// <param name="owner">Name of the type that callers dispose of, for messages.</param>
/// <param name="sizes">Number of batch sizes that are kept, at least 1.</param>
/// <param name="plan">Makes what runs of a batch size share; called by one thread at a time.</param>
/// <param name="create">Makes the buffers of a run.</param>
/// <param name="free">Frees them.</param>
/// <param name="closed">Called once, when the pool is disposed of and the last run has been returned.</param>
internal sealed class RunPool<TPlan, TRun>(
    string owner, int sizes, Func<int, TPlan> plan, Func<TPlan, TRun> create, Action<TRun> free, Action closed) : IDisposable
    where TPlan : notnull
{
    private readonly Lock _lock = new();

    // In the order of their last use.
    private readonly List<Shelf> _shelves = [];

    // The owner's hold, and one for each run that is out.
    private int _holds = 1;
    private bool _disposed;

    /// <summary>The plan that all runs of <paramref name="batch"/> images share.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public TPlan PlanFor(int batch)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            return ShelfFor(batch).Plan;
        }
    }

    /// <summary>
    /// Takes the buffers for a run of <paramref name="batch"/> images; give them back with <see cref="Return"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public TRun Rent(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        TPlan shared;
        lock (_lock)
        {
            ThrowIfDisposed();
            Shelf shelf = ShelfFor(batch);
            _holds++;
            if (shelf.Idle.TryPop(out TRun? idle))
                return idle;
            shared = shelf.Plan;
        }

        try
        {
            return create(shared);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Gives the buffers of a run back: kept if runs of <paramref name="shared"/> are still kept, else freed.</summary>
    public void Return(TPlan shared, TRun run)
    {
        bool isKept;
        lock (_lock)
        {
            Shelf? shelf = _disposed ? null : _shelves.Find(s => EqualityComparer<TPlan>.Default.Equals(s.Plan, shared));
            shelf?.Idle.Push(run);
            isKept = shelf is not null;
        }

        if (!isKept)
            free(run);
        Release();
    }

    /// <summary>Frees what is idle at once, and the rest as it is returned.</summary>
    public void Dispose()
    {
        Shelf[] shelves;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            shelves = [.. _shelves];
            _shelves.Clear();
        }

        foreach (Shelf shelf in shelves)
            Drain(shelf);
        Release();
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
            throw new ObjectDisposedException(owner);
    }

    private void Release()
    {
        bool isLast;
        lock (_lock)
            isLast = --_holds == 0;
        if (isLast)
            closed();
    }

    private Shelf ShelfFor(int batch)
    {
        int known = _shelves.FindIndex(s => s.Batch == batch);
        Shelf shelf = known >= 0 ? _shelves[known] : new Shelf(batch, plan(batch));
        if (known >= 0)
            _shelves.RemoveAt(known);
        _shelves.Add(shelf);
        if (_shelves.Count > sizes)
        {
            Drain(_shelves[0]);
            _shelves.RemoveAt(0);
        }

        return shelf;
    }

    private void Drain(Shelf shelf)
    {
        while (shelf.Idle.TryPop(out TRun? run))
            free(run);
    }

    private sealed record Shelf(int Batch, TPlan Plan)
    {
        public Stack<TRun> Idle { get; } = [];
    }
}
