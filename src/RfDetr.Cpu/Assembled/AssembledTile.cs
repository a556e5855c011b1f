using System.Runtime.InteropServices;

namespace RfDetr.Cpu;

/// <summary>A tile's code, ready to be called. Assembled once per process and shared; it lives as long as that.</summary>
internal sealed unsafe class AssembledTile
{
    private static readonly byte* s_zeros = (byte*)NativeMemory.AllocZeroed(TileCode.GroupBytes);
    private readonly ExecutableMemory _memory;
    private readonly delegate* unmanaged[SuppressGCTransition]<TileCall*, void> _code;

    private AssembledTile(ExecutableMemory memory)
    {
        _memory = memory;
        _code = (delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)memory.Start;
    }

    /// <summary>The tile; null where the system allows no code made at run time. Whether the processor has the instruction is for the caller to know.</summary>
    public static AssembledTile? TryCreate(TileInstruction instruction) =>
        ExecutableMemory.TryCreate(TileCode.Assemble(instruction, OperatingSystem.IsWindows())) is { } memory ? new(memory) : null;

    /// <summary>to = from + a·b.</summary>
    /// <param name="a">Rows of groups of four bytes.</param>
    /// <param name="rowBytes">Distance of rows of a.</param>
    /// <param name="b">A packed panel.</param>
    /// <param name="groups">Groups of terms.</param>
    /// <param name="from">Rows of sums; null: zeros.</param>
    /// <param name="to">Rows of sums.</param>
    /// <param name="sumBytes">Distance of rows of both.</param>
    public void Multiply(byte* a, nint rowBytes, byte* b, nint groups, byte* from, byte* to, nint sumBytes)
    {
        TileCall call = Call(a, rowBytes, b, groups, from, to, sumBytes);
        _code(&call);
        GC.KeepAlive(_memory);
    }

    /// <summary>What the code is told; a test's means to run it in another way.</summary>
    public static TileCall Call(byte* a, nint rowBytes, byte* b, nint groups, byte* from, byte* to, nint sumBytes) => new()
    {
        A = a,
        RowBytes = rowBytes,
        B = b,
        Turns = b + groups / TileCode.Unroll * TileCode.Unroll * TileCode.GroupBytes,
        End = b + groups * TileCode.GroupBytes,
        From = from == null ? s_zeros : from,
        FromBytes = from == null ? 0 : sumBytes,
        To = to,
        ToBytes = sumBytes,
    };
}
