namespace RfDetr.Cpu;

/// <summary>A tile's code, ready to be called. Assembled once per process and shared; it lives as long as that.</summary>
internal sealed unsafe class AssembledTile
{
    private readonly ExecutableMemory _memory;
    private readonly delegate* unmanaged[SuppressGCTransition]<TileCall*, void> _code;

    private AssembledTile(ExecutableMemory memory)
    {
        _memory = memory;
        _code = (delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)memory.Start;
    }

    /// <summary>
    /// The tile; null where the system allows no code made at run time. Whether the processor has the instruction is for the
    /// caller to know.
    /// </summary>
    public static AssembledTile? TryCreate(TileInstruction instruction) =>
        ExecutableMemory.TryCreate(TileCode.Assemble(instruction, OperatingSystem.IsWindows())) is { } memory
            ? new(memory)
            : null;

    /// <summary>Carries out one tile.</summary>
    public void Run(TileCall* call)
    {
        _code(call);
        GC.KeepAlive(_memory);
    }
}
