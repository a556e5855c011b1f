using RfDetr.Onnx;

namespace RfDetr;

/// <summary>Extent of ONNX Runtime's rewrites of a graph before it runs; the numbers are its own.</summary>
internal enum GraphOptimization
{
    /// <summary>No rewrites.</summary>
    None = 0,

    /// <summary>Constant folding and rewrites that any provider understands.</summary>
    Basic = 1,

    /// <summary>Fusions into the runtime's own operators.</summary>
    Extended = 2,

    /// <summary>Everything, layouts included.</summary>
    All = 99,
}

/// <summary>Severity of a message from ONNX Runtime; the numbers are its own.</summary>
internal enum OnnxLogSeverity
{
    /// <summary>Details for its developers.</summary>
    Verbose = 0,

    /// <summary>Decisions, e.g. where nodes were placed.</summary>
    Info = 1,

    /// <summary>Conditions that may cost speed or memory.</summary>
    Warning = 2,

    /// <summary>Failures; they also come as exceptions.</summary>
    Error = 3,

    /// <summary>The process is about to end.</summary>
    Fatal = 4,
}

/// <summary>Options for loading and running a model in ONNX Runtime. Checked once, when a session is created.</summary>
internal sealed record OnnxSessionOptions
{
    private const int MaxThreads = 1024;

    /// <summary>Providers in order of preference; nodes that none of them takes run on the CPU. Empty: CPU only.</summary>
    public IReadOnlyList<ExecutionProvider> Providers { get; init; } = [];

    /// <summary>Threads that share one operator; 0: one for each physical core that this process may use.</summary>
    /// <remarks>
    /// ONNX Runtime's own default counts the machine's cores and pins threads to them, even where a container grants fewer.
    /// </remarks>
    public int IntraOpThreads { get; init; }

    /// <summary>Operators that run at once; 1 (the default) runs them in order, which is best for this network.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>
    /// True if idle worker threads keep a core busy while they wait for work. Off, other work of the process (decoding, resizing)
    /// keeps its cores; on, runs have slightly less latency where nothing else runs.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>
    /// True if memory between operators comes from an arena that grows to the largest run and is kept; false returns it after
    /// each run.
    /// </summary>
    public bool UseArena { get; init; } = true;

    /// <summary>Graph rewrites at load time.</summary>
    public GraphOptimization Optimization { get; init; } = GraphOptimization.All;

    /// <summary>Prefix of a file that receives the times of all operators; null: no profile.</summary>
    public string? ProfilePrefix { get; init; }

    /// <summary>Path at which the rewritten model is stored when the session is created; null: not stored.</summary>
    public string? OptimizedModelPath { get; init; }

    /// <summary>
    /// Sizes of symbolic dimensions by name, e.g. <c>batch</c> → 1; fixed ones let providers plan for one shape.
    /// </summary>
    public IReadOnlyDictionary<string, long> FreeDimensions { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// Further settings by ONNX Runtime's own keys, e.g. <c>session.disable_cpu_ep_fallback</c>; they win over the properties
    /// above.
    /// </summary>
    public IReadOnlyDictionary<string, string> ConfigEntries { get; init; } = new Dictionary<string, string>();

    /// <summary>Least severe message that reaches the log.</summary>
    public OnnxLogSeverity LogSeverity { get; init; } = OnnxLogSeverity.Error;

    /// <summary>Throws one error that lists all violations.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        var wrong = new List<string>();
        if (IntraOpThreads is < 0 or > MaxThreads)
            wrong.Add($"{nameof(IntraOpThreads)} is {IntraOpThreads}, expected 0..{MaxThreads}");
        if (InterOpThreads is < 1 or > MaxThreads)
            wrong.Add($"{nameof(InterOpThreads)} is {InterOpThreads}, expected 1..{MaxThreads}");
        RequireDefined(Optimization, nameof(Optimization));
        RequireDefined(LogSeverity, nameof(LogSeverity));
        foreach ((string name, long size) in FreeDimensions)
        {
            if (size < 1)
                wrong.Add($"{nameof(FreeDimensions)} '{name}' is {size}, expected at least 1");
        }

        if (wrong.Count > 0)
            throw new ArgumentException("session options: " + string.Join("; ", wrong));

        void RequireDefined<T>(T value, string name)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
                wrong.Add($"{name} is {value}, expected one of {string.Join(", ", Enum.GetNames<T>())}");
        }
    }
}
