using System.Runtime.Intrinsics.X86;

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

/// <summary>
/// Instructions on 512 bits that .NET does not offer. What says that the operating system saves the registers, and that the user
/// did not switch AVX-512 off, is <see cref="Avx512BW"/>; the processor itself is asked for the rest.
/// </summary>
internal static class CpuFeatures
{
    private const int Features = 7, VnniBit = 11, BFloat16Bit = 5;

    /// <summary><c>vpdpbusd</c>: four products of bytes to a sum.</summary>
    public static bool HasVnni512 { get; } = Has512 && IsSet(X86Base.CpuId(Features, 0).Ecx, VnniBit);

    /// <summary><c>vdpbf16ps</c>: two products of bfloat16 to a sum.</summary>
    public static bool HasBFloat16 { get; } = Has512
        && X86Base.CpuId(Features, 0).Eax >= 1 && IsSet(X86Base.CpuId(Features, 1).Eax, BFloat16Bit);

    private static bool Has512 => X86Base.X64.IsSupported && Avx512BW.IsSupported && X86Base.CpuId(0, 0).Eax >= Features;

    private static bool IsSet(int register, int bit) => (register >> bit & 1) != 0;
}
