using System.Diagnostics;

namespace RfDetr.Serve;

/// <summary>
/// A model that runs: a detector, its queue and its threads. Freed when it was retired and the last lease has ended.
/// </summary>
internal sealed class LoadedModel
{
    // The registry counts as one user; at 0 the model is gone.
    private readonly object _gate = new();
    private int _users = 1;
    private bool _retired;

    private LoadedModel(string name, Detector detector, MicroBatcher batcher, long bytes, TimeSpan loadTime)
    {
        (Name, Detector, Batcher, Bytes, LoadTime) = (name, detector, batcher, bytes, loadTime);
        LastUsed = Stopwatch.GetTimestamp();
    }

    /// <summary>The configured name, for metrics and documents.</summary>
    public string Name { get; }

    public Detector Detector { get; }

    public ModelInfo Info => Detector.Model;

    public MicroBatcher Batcher { get; }

    /// <summary>Bytes of weights and of the buffers of its runs, as far as the engine tells; at least the file's.</summary>
    public long Bytes { get; }

    public TimeSpan LoadTime { get; }

    public long LastUsed { get; private set; }

    /// <summary>Requests that use it now.</summary>
    public int Leases
    {
        get
        {
            lock (_gate)
                return _users - (_retired ? 0 : 1);
        }
    }

    /// <summary>Completes when it is freed.</summary>
    public Task Gone => _gone.Task;

    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Loads a model and runs it on a blank image, in every size of batch that it will see.</summary>
    public static LoadedModel Load(string name, string model, ServeOptions options, IBatchObserver observer)
    {
        long start = Stopwatch.GetTimestamp();
        int instances = options.Batching.Instances ?? 1;
        var detector = Detector.Load(
            model, new ModelOptions { AcceptLicense = options.AcceptLicense }, options.Batching.Apply(options.Engine));
        try
        {
            BatchPlan plan = options.Batching.For(detector, instances);
            double seconds = Warm(detector, plan);
            var batcher = new MicroBatcher(name, plan, detector.Run, observer, seconds);
            return new LoadedModel(
                name, detector, batcher, detector.MemoryBytes(plan.MaxBatch, instances), Stopwatch.GetElapsedTime(start));
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <summary>Keeps it alive until the lease is disposed; null if it was retired.</summary>
    public ModelLease? TryLease()
    {
        lock (_gate)
        {
            if (_retired)
                return null;
            _users++;
            LastUsed = Stopwatch.GetTimestamp();
            return new ModelLease(this);
        }
    }

    /// <summary>Gives no further leases and frees it when the last one has ended.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            if (_retired)
                return;
            _retired = true;
        }

        Leave();
    }

    /// <summary>Ends one use.</summary>
    public void Leave()
    {
        bool last;
        lock (_gate)
            last = --_users == 0;
        if (!last)
            return;
        // Not on the caller's thread: it may be one of the batcher's, which are joined here.
        _ = Task.Run(() =>
        {
            Batcher.Dispose();
            Detector.Dispose();
            _gone.TrySetResult();
        });
    }

    // The second run of each size counts: the first one compiles.
    private static double Warm(Detector detector, BatchPlan plan)
    {
        double seconds = 0;
        float[] blank = new float[detector.Contract.InputLength];
        foreach (int size in plan.Sizes)
        {
            BatchEntry[] entries = [.. Enumerable.Range(0, size).Select(_ => new TensorEntry(blank, [], Lane.Batch, 0))];
            detector.Run(entries, CancellationToken.None);
            long start = Stopwatch.GetTimestamp();
            detector.Run(entries, CancellationToken.None);
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / size;
        }

        return seconds;
    }
}

/// <summary>The use of a model by one request.</summary>
internal sealed class ModelLease(LoadedModel model) : IDisposable
{
    private LoadedModel? _model = model;

    public LoadedModel Model => _model ?? throw new ObjectDisposedException(nameof(ModelLease));

    public void Dispose() => Interlocked.Exchange(ref _model, null)?.Leave();
}
