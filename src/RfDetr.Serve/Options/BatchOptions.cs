namespace RfDetr.Serve;

/// <summary>The queue of a model and how its images are put together. Each model has a queue of its own.</summary>
public sealed record BatchOptions
{
    /// <summary>
    /// Most images of one run of the network; null: the number that was measured for this machine
    /// (<see cref="Detector.PreferredBatch"/>), else 1 on the CPU and 8 on accelerators.
    /// </summary>
    public int? MaxBatch { get; init; }

    /// <summary>
    /// Longest wait for a batch to fill; null: none on the CPU and 2 ms on accelerators. It is no time limit of a request, which
    /// is <see cref="RequestLimits.Deadline"/>.
    /// </summary>
    public TimeSpan? MaxDelay { get; init; }

    /// <summary>Runs of the network at a time; null: 1.</summary>
    public int? Instances { get; init; }

    /// <summary>Threads of each run; null: the cores divided by <see cref="Instances"/>.</summary>
    public int? Threads { get; init; }

    /// <summary>Images that may be admitted and not yet computed.</summary>
    public int Queue { get; init; } = 64;

    /// <summary>Bytes that waiting images of a model may hold, and again the bodies of all requests together.</summary>
    public long QueueBytes { get; init; } = 512L << 20;

    internal IEnumerable<string> Violations()
    {
        if (MaxBatch is < 1 or > 256)
            yield return Invariant.Text($"{nameof(MaxBatch)} is {MaxBatch}, expected 1..256");
        if (MaxDelay is { } delay && (delay < TimeSpan.Zero || delay > TimeSpan.FromSeconds(10)))
            yield return $"{nameof(MaxDelay)} is {delay}, expected 0..10 s";
        if (Instances is < 1 or > 64)
            yield return Invariant.Text($"{nameof(Instances)} is {Instances}, expected 1..64");
        if (Threads is < 1 or > 1024)
            yield return Invariant.Text($"{nameof(Threads)} is {Threads}, expected 1..1024");
        if (Queue is < 1 or > 1_000_000)
            yield return Invariant.Text($"{nameof(Queue)} is {Queue}, expected 1..1000000");
        if (QueueBytes < 1)
            yield return Invariant.Text($"{nameof(QueueBytes)} is {QueueBytes}, expected at least 1");
    }

    /// <summary>The numbers for one model, with everything decided.</summary>
    internal BatchPlan For(Detector detector, int instances)
    {
        bool accelerated = detector.Engine is Engine.OnnxRuntime { Providers.Count: > 0 } onnx
            && onnx.Providers[0].Name is not "cpu";
        int preferred = detector.PreferredBatch > 1 || !accelerated ? detector.PreferredBatch : 8;
        return new BatchPlan(
            detector.BatchSize(MaxBatch ?? preferred), MaxDelay ?? TimeSpan.FromMilliseconds(accelerated ? 2 : 0), instances,
            Queue, QueueBytes);
    }

    /// <summary>The engine with this server's threads, unless it names its own.</summary>
    internal Engine Apply(Engine engine)
    {
        if (Threads is { } threads)
            return engine with { Threads = threads };
        return engine.Threads == 0 && Instances is > 1 and { } instances
            ? engine with { Threads = Math.Max(1, ProcessorCores.Physical / instances) }
            : engine;
    }
}

/// <summary>The numbers of one model's queue.</summary>
/// <param name="MaxBatch">Most images of a run.</param>
/// <param name="MaxDelay">Longest wait for a batch to fill.</param>
/// <param name="Instances">Runs at a time.</param>
/// <param name="Queue">Images admitted and not yet computed.</param>
/// <param name="QueueBytes">Bytes that waiting images hold.</param>
internal sealed record BatchPlan(int MaxBatch, TimeSpan MaxDelay, int Instances, int Queue, long QueueBytes)
{
    /// <summary>
    /// Sizes of batches that are run: powers of two and the largest. An engine plans for each size, so there must be few.
    /// </summary>
    public IReadOnlyList<int> Sizes { get; } =
    [
        .. Enumerable.Range(0, 9).Select(i => 1 << i).Where(size => size < MaxBatch).Append(MaxBatch)
    ];

    /// <summary>The largest size that so many images fill.</summary>
    public int SizeFor(int waiting)
    {
        for (int i = Sizes.Count - 1; i > 0; i--)
        {
            if (Sizes[i] <= waiting)
                return Sizes[i];
        }

        return Math.Min(1, waiting);
    }
}
