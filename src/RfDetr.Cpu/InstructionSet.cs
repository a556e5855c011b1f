using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>Widths of registers that kernels are compiled for.</summary>
internal enum InstructionSet
{
    /// <summary>The widest this processor has.</summary>
    Auto,

    /// <summary>512 bits: AVX-512F.</summary>
    Avx512,

    /// <summary>256 bits: AVX2 with FMA.</summary>
    Avx2,

    /// <summary>128 bits: SSE on x64, AdvSimd on Arm64.</summary>
    Simd128,

    /// <summary>One number at a time.</summary>
    Scalar,
}

/// <summary>Facts about <see cref="InstructionSet"/> values.</summary>
internal static class InstructionSets
{
    /// <summary>Those this processor carries out, widest first.</summary>
    public static IReadOnlyList<InstructionSet> Available { get; } =
    [
        .. new[] { InstructionSet.Avx512, InstructionSet.Avx2, InstructionSet.Simd128, InstructionSet.Scalar }.Where(IsAvailable)
    ];

    /// <summary>
    /// True if this processor multiplies bfloat16 and the system allows the code for it, which is assembled at run time.
    /// </summary>
    public static bool HasBFloat16Products => KernelSet.ForBFloat16(Available[0], CpuOptions.MayAssemble) is not null;

    private static bool IsAvailable(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Avx512F.IsSupported && Vector512.IsHardwareAccelerated,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.Simd128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
