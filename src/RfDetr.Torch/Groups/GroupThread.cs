using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace RfDetr.Torch;

/// <summary>
/// The thread on which a process group's native calls run. libtorch ends them by itself when their time is over; should one not
/// come back even so, its caller does, and the thread is left behind.
/// </summary>
/// <remarks>
/// A thread in native code cannot be stopped. What it works on must stay alive, so nothing that it was given is freed afterwards.
/// </remarks>
internal sealed class GroupThread : IDisposable
{
    private readonly BlockingCollection<Call> _calls = [];

    public GroupThread() => new Thread(Work) { IsBackground = true, Name = "process group" }.Start();

    /// <summary>True once a call did not come back; no other may be made.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Runs a call; the message of libtorch if it failed, else null.</summary>
    /// <param name="body">Returns the shim's status, 0 if it succeeded.</param>
    /// <param name="limit">The longest that the caller waits.</param>
    public string? Run(Func<int> body, TimeSpan limit)
    {
        if (IsStuck)
            return "an earlier operation never came back";
        var call = new Call(body);
        _calls.Add(call);
        if (!call.Done.Wait(limit))
        {
            IsStuck = true;
            return Invariant.Text($"libtorch did not come back within {limit.TotalSeconds:0.#} s and is left behind");
        }

        call.Done.Dispose();
        call.Thrown?.Throw();
        return call.Error;
    }

    /// <summary>Ends the thread when it has nothing to do.</summary>
    public void Dispose() => _calls.CompleteAdding();

    private void Work()
    {
        foreach (Call call in _calls.GetConsumingEnumerable())
        {
            try
            {
                // The message is that of the thread on which the call was made.
                call.Error = call.Body() == 0 ? null : Shim.LastError();
            }
            catch (Exception e)
            {
                call.Thrown = ExceptionDispatchInfo.Capture(e); // the caller's, as without this thread
            }

            call.Done.Set();
        }
    }

    private sealed class Call(Func<int> body)
    {
        public Func<int> Body { get; } = body;

        public ManualResetEventSlim Done { get; } = new();

        public string? Error { get; set; }

        public ExceptionDispatchInfo? Thrown { get; set; }
    }
}
