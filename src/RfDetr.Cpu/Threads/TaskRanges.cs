namespace RfDetr.Cpu;

/// <summary>
/// The tasks of one step, a range for each worker: it takes its own from the front; when they are done, it helps others from the
/// back. So in step after step a worker has mostly the same rows, which are still in its core's cache.
/// </summary>
/// <remarks>
/// A range is one number: the step's number, the first and the end of what is left. Taking exchanges it, so a thread that comes
/// late cannot take a task of a step it does not know: the exchange fails.
/// </remarks>
internal sealed class TaskRanges(int workers)
{
    /// <summary>Most tasks of a step.</summary>
    public const int MostTasks = (1 << Bits) - 1;

    // Ranges on cache lines of their own, as neighbors are fetched in pairs.
    private const int Bits = 20, Step = 128 / sizeof(long);
    private readonly long[] _ranges = new long[(workers + 1) * Step];

    /// <summary>True if any task can be taken.</summary>
    public bool Any
    {
        get
        {
            for (int i = 1; i <= workers; i++)
            {
                long range = Volatile.Read(ref _ranges[i * Step]);
                if (First(range) < End(range))
                    return true;
            }

            return false;
        }
    }

    /// <summary>Hands out tasks 0 up to <paramref name="tasks"/> of a step; only when all earlier ones are taken.</summary>
    /// <param name="step">Another number than the step before.</param>
    /// <param name="tasks">At most <see cref="MostTasks"/>.</param>
    public void Post(int step, int tasks)
    {
        for (int i = 0; i < workers; i++)
        {
            long first = (long)tasks * i / workers, end = (long)tasks * (i + 1) / workers;
            _ = Interlocked.Exchange(ref _ranges[(i + 1) * Step], ((long)step << (2 * Bits)) | (first << Bits) | end);
        }
    }

    /// <summary>Takes a task.</summary>
    /// <param name="worker">Worker that takes it.</param>
    /// <returns>Its number; −1 if there is none left.</returns>
    public int Take(int worker)
    {
        for (int i = 0; i < workers; i++)
        {
            ref long range = ref _ranges[((worker + i) % workers + 1) * Step];
            while (true)
            {
                long seen = Volatile.Read(ref range);
                int first = First(seen), end = End(seen);
                if (first >= end)
                    break;
                bool own = i == 0;
                if (Interlocked.CompareExchange(ref range, own ? seen + (1L << Bits) : seen - 1, seen) == seen)
                    return own ? first : end - 1;
            }
        }

        return -1;
    }

    private static int First(long range) => (int)(range >> Bits) & MostTasks;

    private static int End(long range) => (int)range & MostTasks;
}
