using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>Products of 8-bit integers for one kind of instruction: activations 0..255 with a zero point per row, weights −127..127 per column.</summary>
internal abstract unsafe class Int8Kernel
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 6;

    /// <summary>What it computes with.</summary>
    public abstract string Name { get; }

    public abstract Int8Layout Layout(int n, int k);

    /// <summary>Writes the codes of a row; returns what they stand for.</summary>
    /// <param name="x">The values.</param>
    /// <param name="k">How many.</param>
    /// <param name="range">The range that codes cover; null: the row's own, and 0.</param>
    /// <param name="codes">Room for a row of the layout; terms beyond k become 0.</param>
    public abstract RowScale Quantize(float* x, int k, ActivationRange? range, byte* codes);

    public abstract void Product(in Int8Block block);

    /// <summary>The least and the largest of n values and 0.</summary>
    public abstract ActivationRange Range(float* x, int n);

    /// <summary>The quickest one for an instruction set on this processor.</summary>
    public static Int8Kernel For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 when AvxVnni.IsSupported => new Int8Kernel<Simd512, Vector512<float>, DotVnni, Vector256<int>>("AVX-VNNI"),
        InstructionSet.Avx512 when Avx512BW.IsSupported => new Int8Kernel<Simd512, Vector512<float>, Dot512, Vector512<int>>("AVX-512BW"),
        InstructionSet.Avx512 => new Int8Kernel<Simd512, Vector512<float>, Dot256, Vector256<int>>("AVX2"),
        InstructionSet.Avx2 when AvxVnni.IsSupported => new Int8Kernel<Simd256, Vector256<float>, DotVnni, Vector256<int>>("AVX-VNNI"),
        InstructionSet.Avx2 => new Int8Kernel<Simd256, Vector256<float>, Dot256, Vector256<int>>("AVX2"),
        InstructionSet.Simd128 when Dp.IsSupported => new Int8Kernel<Simd128, Vector128<float>, DotArm, Vector128<int>>("Arm dot product"),
        InstructionSet.Simd128 => new Int8Kernel<Simd128, Vector128<float>, Dot128, Vector128<int>>("128 bits"),
        _ => new Int8Kernel<SimdScalar, float, DotScalar, int>("scalar"),
    };

    /// <summary>All that this processor carries out, for tests: also those that others are preferred to.</summary>
    public static IReadOnlyList<Int8Kernel> Available { get; } =
    [
        .. InstructionSets.Available.Select(For)
            .Concat(Avx512BW.IsSupported ? [new Int8Kernel<Simd512, Vector512<float>, Dot512, Vector512<int>>("AVX-512BW")] : [])
            .Concat(Avx2.IsSupported ? [new Int8Kernel<Simd256, Vector256<float>, Dot256, Vector256<int>>("AVX2")] : [])
            .Concat(Vector128.IsHardwareAccelerated ? [new Int8Kernel<Simd128, Vector128<float>, Dot128, Vector128<int>>("128 bits")] : [])
            .DistinctBy(k => k.Name),
    ];
}
