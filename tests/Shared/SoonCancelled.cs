namespace RfDetr.Tests;

/// <summary>
/// A token that is canceled a little later by a thread of its own: a timer's callback waits for the thread pool, which other
/// tests may keep busy for as long as the run in question takes.
/// </summary>
internal sealed class SoonCanceled : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Thread _thread;

    public SoonCanceled(int milliseconds)
    {
        _thread = new Thread(() =>
        {
            Thread.Sleep(milliseconds);
            _source.Cancel();
        });
        _thread.Start();
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _thread.Join();
        _source.Dispose();
    }
}
