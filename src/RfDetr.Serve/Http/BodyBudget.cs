namespace RfDetr.Serve;

/// <summary>
/// Memory for bodies of requests under way: many clients with large bodies must not take more than was planned for.
/// </summary>
/// <param name="bytes">All of it.</param>
internal sealed class BodyBudget(long bytes)
{
    private long _taken;

    /// <summary>Bytes that bodies hold now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes memory, or refuses the request.</summary>
    /// <exception cref="ServeException">503: others hold too much.</exception>
    public void Take(long more)
    {
        if (Interlocked.Add(ref _taken, more) <= bytes)
            return;
        Return(more);
        throw ServeException.Overloaded(
            TimeSpan.FromSeconds(1),
            Invariant.Text($"bodies of requests hold {Taken} bytes and this one needs {more} more; the limit is {bytes}"));
    }

    public void Return(long less) => Interlocked.Add(ref _taken, -less);
}
