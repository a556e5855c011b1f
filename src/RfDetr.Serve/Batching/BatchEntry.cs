using System.Diagnostics;

namespace RfDetr.Serve;

/// <summary>The urgency of a request.</summary>
internal enum Lane
{
    /// <summary>Somebody waits.</summary>
    Interactive,

    /// <summary>Nobody waits: every eighth pick is from here, and all others while nothing is interactive.</summary>
    Batch,
}

/// <summary>The times and the size of the run that computed an entry.</summary>
/// <param name="QueueMs">Time from the queue to the run.</param>
/// <param name="RunMs">Time of the whole run.</param>
/// <param name="Batch">Images of the run.</param>
internal readonly record struct RunFacts(double QueueMs, double RunMs, int Batch);

/// <summary>
/// An image in the queue. It is waiting, running or done, and whoever makes the step from waiting owns what follows: a request
/// that is over before its run takes the image out and frees its memory; one that is over during the run only stops listening.
/// </summary>
internal abstract class BatchEntry : INetworkEntry
{
    private const int Waiting = 0, Running = 1, Finished = 2;

    private readonly TaskCompletionSource<RunFacts> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    protected BatchEntry(Lane lane, long deadline) => (Lane, Deadline) = (lane, deadline);

    public Lane Lane { get; }

    /// <summary>Timestamp (of the batcher's clock) by which the answer must be there.</summary>
    public long Deadline { get; }

    /// <summary>Timestamp of its arrival in the queue.</summary>
    public long Queued { get; set; }

    /// <summary>The request's activity, to whose trace the run belongs; null while nobody listens.</summary>
    public Activity? Activity { get; } = Activity.Current;

    /// <summary>Bytes that it holds until its run.</summary>
    public abstract long Bytes { get; }

    /// <summary>Ends when the network has run for it, or it will not.</summary>
    public Task<RunFacts> Completion => _completion.Task;

    /// <summary>The batch that runs it; null before.</summary>
    public RunningBatch? Batch { get; private set; }

    public abstract ReadOnlySpan<float> Input { get; }

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    public abstract void Take(INetworkOutputs outputs, int image, double inferenceMs);

    /// <summary>Frees the input; called once, by whoever made the step from waiting or ended the run.</summary>
    public abstract void Release();

    /// <summary>From waiting to running; false if the request is over.</summary>
    public bool TryStart(RunningBatch batch)
    {
        Batch = batch;
        return Interlocked.CompareExchange(ref _state, Running, Waiting) == Waiting;
    }

    /// <summary>From waiting to done; false if it runs or is done already.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Finished, Waiting) == Waiting;

    /// <summary>The end of a run.</summary>
    public void Finish()
    {
        Volatile.Write(ref _state, Finished);
        Release();
    }

    public void Succeed(RunFacts facts) => _completion.TrySetResult(facts);

    public void Fail(Exception error) => _completion.TrySetException(error);
}

/// <summary>An image of which detections are wanted.</summary>
internal sealed class DetectEntry(PreparedImage image, Lane lane, long deadline) : BatchEntry(lane, deadline)
{
    public override long Bytes => image.Bytes;

    public override ReadOnlySpan<float> Input => ((INetworkEntry)image).Input;

    /// <summary>The result, once the entry is complete.</summary>
    /// <exception cref="NetworkOutputException">The network's answer has values that are not finite.</exception>
    public Detections Result => image.Answer.ResultOrThrow();

    public override void Take(INetworkOutputs outputs, int image1, double inferenceMs) =>
        ((INetworkEntry)image).Take(outputs, image1, inferenceMs);

    public override void Release() => image.Dispose();
}

/// <summary>A tensor that passes through the network as it is.</summary>
internal sealed class TensorEntry(
    ReadOnlyMemory<float> input, IReadOnlyList<OutputSpec> outputs, Lane lane, long deadline) : BatchEntry(lane, deadline)
{
    private ReadOnlyMemory<float> _input = input;

    public override long Bytes => _input.Length * (long)sizeof(float);

    public override ReadOnlySpan<float> Input => _input.Span;

    /// <summary>The outputs in the order in which they were asked for.</summary>
    public float[][] Results { get; private set; } = [];

    public override void Take(INetworkOutputs network, int image, double inferenceMs) =>
        Results = [.. outputs.Select(o => network.Output(o.Name, image).ToArray())];

    public override void Release() => _input = default;
}

/// <summary>A batch under way: canceled only when nobody waits for any of its members.</summary>
internal sealed class RunningBatch : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    // The gatherer listens too until the batch is complete: the first member may go before the second one comes.
    private int _listeners = 1;

    public CancellationToken Token => _stop.Token;

    /// <summary>Timestamp of its start.</summary>
    public long Started { get; } = Stopwatch.GetTimestamp();

    public void Join() => Interlocked.Increment(ref _listeners);

    /// <summary>Takes back a <see cref="Join"/> while the batch is gathered.</summary>
    public void Unjoin() => Interlocked.Decrement(ref _listeners);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _listeners) > 0)
            return;
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended at the same moment.
        }
    }

    public void Dispose() => _stop.Dispose();
}
