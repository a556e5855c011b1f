namespace RfDetr.Onnx;

/// <summary>How far ONNX Runtime rewrites the graph before it runs it.</summary>
public enum GraphOptimization
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Constant folding and rewrites that any provider understands.</summary>
    Basic = 1,

    /// <summary>Fusions into the runtime's own operators.</summary>
    Extended = 2,

    /// <summary>Everything, layouts included.</summary>
    All = 99,
}

/// <summary>How a model is loaded and run. Checked once, when a session is created.</summary>
public sealed record SessionOptions
{
    /// <summary>Providers in order of preference; nodes that none of them takes run on the CPU. Empty: CPU only.</summary>
    public IReadOnlyList<ExecutionProvider> Providers { get; init; } = [];

    /// <summary>Threads that share one operator; 0: one for each physical core this process may use.</summary>
    public int IntraOpThreads { get; init; }

    /// <summary>Operators that run at once; 1 (the default) runs them in order, which is best for this network.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>
    /// Whether idle worker threads keep a core busy while they wait for work. Off: other work of the process (decoding,
    /// resizing) keeps its cores; on: a little less latency where nothing else runs.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>Graph rewrites at load time.</summary>
    public GraphOptimization Optimization { get; init; } = GraphOptimization.All;

    /// <summary>Writes times of all operators to a file of this prefix; <see cref="OnnxSession.EndProfiling"/> returns its path. Null: off.</summary>
    public string? ProfilePrefix { get; init; }

    /// <summary>Stores the rewritten model at this path when the session is created. Null: not stored.</summary>
    public string? OptimizedModelPath { get; init; }

    /// <summary>Fixes symbolic dimensions by name, e.g. <c>batch</c> → 1; lets providers plan for one shape.</summary>
    public IReadOnlyDictionary<string, long> FreeDimensions { get; init; } = new Dictionary<string, long>();

    /// <summary>Further settings by ONNX Runtime's own keys, e.g. <c>session.disable_cpu_ep_fallback</c>; they win over the properties above.</summary>
    public IReadOnlyDictionary<string, string> ConfigEntries { get; init; } = new Dictionary<string, string>();

    /// <summary>Least severe message that reaches <see cref="OnnxRuntime.Log"/>.</summary>
    public OnnxLogSeverity LogSeverity { get; init; } = OnnxLogSeverity.Error;

    /// <summary>Throws one error that lists all violations.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (IntraOpThreads is < 0 or > 1024)
            wrong.Add($"{nameof(IntraOpThreads)} is {IntraOpThreads}, expected 0..1024");
        if (InterOpThreads is < 1 or > 1024)
            wrong.Add($"{nameof(InterOpThreads)} is {InterOpThreads}, expected 1..1024");
        if (!Enum.IsDefined(Optimization))
            wrong.Add($"{nameof(Optimization)} is {(int)Optimization}, expected one of {string.Join(", ", Enum.GetNames<GraphOptimization>())}");
        if (!Enum.IsDefined(LogSeverity))
            wrong.Add($"{nameof(LogSeverity)} is {(int)LogSeverity}, expected one of {string.Join(", ", Enum.GetNames<OnnxLogSeverity>())}");
        foreach ((string name, long size) in FreeDimensions)
        {
            if (size < 1)
                wrong.Add($"{nameof(FreeDimensions)} '{name}' is {size}, expected at least 1");
        }

        if (wrong.Count > 0)
            throw new ArgumentException("session options: " + string.Join("; ", wrong));
    }
}
