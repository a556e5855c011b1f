using System.Runtime.ExceptionServices;

namespace RfDetr.Data;

/// <summary>A loop over several threads whose failure is the failure of its work, not a collection of them.</summary>
internal static class ManyAtOnce
{
    /// <summary>Calls <paramref name="work"/> for 0 … count − 1.</summary>
    /// <param name="count">Number of times.</param>
    /// <param name="work">Thread-safe.</param>
    /// <param name="threads">0: one for each core.</param>
    /// <param name="cancellation">Ends it.</param>
    public static void For(int count, Action<int> work, int threads = 0, CancellationToken cancellation = default)
    {
        try
        {
            Parallel.For(
                0, count,
                new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation },
                work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
