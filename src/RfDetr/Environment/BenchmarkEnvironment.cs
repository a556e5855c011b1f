namespace RfDetr;

/// <summary>Machine and software of a measurement.</summary>
public sealed record BenchmarkEnvironment
{
    /// <summary>Name of the processor.</summary>
    public required string Processor { get; init; }

    /// <summary>Processors that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Vector instructions, as far as .NET uses them.</summary>
    public required IReadOnlyList<string> InstructionSets { get; init; }

    /// <summary>Architecture of the process, e.g. <c>X64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Memory that this process may use, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Operating system with version.</summary>
    public required string System { get; init; }

    /// <summary>.NET with version.</summary>
    public required string Runtime { get; init; }

    /// <summary>Kind of memory collection: <c>workstation</c> or <c>server</c>, with <c>concurrent</c> where it is.</summary>
    public required string Collector { get; init; }

    /// <summary>Version of this library.</summary>
    public required string Library { get; init; }

    /// <summary>Name and version of the engine that ran the network.</summary>
    public required string Engine { get; init; }

    /// <summary>ONNX Runtime's providers in order of preference; empty: its CPU.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>Threads asked for; 0: the engine's own choice.</summary>
    public required int Threads { get; init; }

    /// <summary>True if waiting worker threads keep their core busy.</summary>
    public required bool Spinning { get; init; }

    /// <summary>Name and version of the decoder of the images.</summary>
    public required string Decoder { get; init; }

    /// <summary>Environment variables that change how fast things run, those that are set.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}
