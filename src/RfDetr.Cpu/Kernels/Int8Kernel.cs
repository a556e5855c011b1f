using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>
/// Products of 8-bit integers for one kind of instruction: activations of 8 or 7 bits with a zero point per row, weights
/// −127..127 per column.
/// </summary>
/// <param name="name">Instructions that it computes with.</param>
/// <param name="bits">
/// Bits of an activation's code: 8 or 7. Not the processor's business but the model's: all give the same integers.
/// </param>
internal abstract unsafe class Int8Kernel(string name, int bits)
{
    /// <summary>Bits of codes unless a model says otherwise.</summary>
    public const int UsualBits = 8;

    /// <summary>Name of the instructions, with the number of bits where it is not the usual one.</summary>
    public string Name { get; } = bits == UsualBits ? name : $"{name}, {bits} bits";

    /// <summary>The largest code of an activation.</summary>
    public int MostCode { get; } = (1 << bits) - 1;

    /// <summary>Rows of a tile.</summary>
    public abstract int TileRows { get; }

    public abstract Int8Layout Layout(int n, int k);

    /// <summary>Writes the codes of a row; returns what they stand for.</summary>
    /// <param name="x">The values.</param>
    /// <param name="k">Number of terms.</param>
    /// <param name="range">The range that codes cover; null: the row's own, and 0.</param>
    /// <param name="codes">Room for a row of the layout; terms beyond k become 0.</param>
    public abstract RowScale Quantize(float* x, int k, ActivationRange? range, byte* codes);

    public abstract void Product(in Int8Block block);

    /// <summary>The least and the largest of n values and 0.</summary>
    public abstract ActivationRange Range(float* x, int n);

    /// <summary>The quickest one for an instruction set on this processor.</summary>
    /// <param name="set">The instruction set.</param>
    /// <param name="assemble">True if code may be assembled at run time.</param>
    /// <param name="bits">Bits of an activation's code.</param>
    public static Int8Kernel For(InstructionSet set, bool assemble = true, int bits = UsualBits) => set switch
    {
        InstructionSet.Avx512 when assemble && VnniTile.IsAvailable =>
            new Int8Kernel<Simd512, Vector512<float>, VnniTile>("AVX-512 VNNI, assembled", bits),
        InstructionSet.Avx512 when AvxVnni.IsSupported =>
            new Int8Kernel<Simd512, Vector512<float>, DotTile<DotVnni, Vector256<int>>>("AVX-VNNI", bits),
        InstructionSet.Avx512 when Avx512BW.IsSupported && bits < UsualBits =>
            new Int8Kernel<Simd512, Vector512<float>, DotTile<Dot512Bytes, Vector512<int>>>("AVX-512BW, bytes", bits),
        InstructionSet.Avx512 when Avx512BW.IsSupported =>
            new Int8Kernel<Simd512, Vector512<float>, DotTile<Dot512, Vector512<int>>>("AVX-512BW", bits),
        InstructionSet.Avx512 when bits < UsualBits => new Int8Kernel<Simd512, Vector512<float>, ByteTile>("AVX2, bytes", bits),
        InstructionSet.Avx512 => new Int8Kernel<Simd512, Vector512<float>, DotTile<Dot256, Vector256<int>>>("AVX2", bits),
        InstructionSet.Avx2 when AvxVnni.IsSupported =>
            new Int8Kernel<Simd256, Vector256<float>, DotTile<DotVnni, Vector256<int>>>("AVX-VNNI", bits),
        InstructionSet.Avx2 when bits < UsualBits => new Int8Kernel<Simd256, Vector256<float>, ByteTile>("AVX2, bytes", bits),
        InstructionSet.Avx2 => new Int8Kernel<Simd256, Vector256<float>, DotTile<Dot256, Vector256<int>>>("AVX2", bits),
        InstructionSet.Simd128 when Dp.IsSupported =>
            new Int8Kernel<Simd128, Vector128<float>, DotTile<DotArm, Vector128<int>>>("Arm dot product", bits),
        InstructionSet.Simd128 => new Int8Kernel<Simd128, Vector128<float>, DotTile<Dot128, Vector128<int>>>("128 bits", bits),
        _ => new Int8Kernel<SimdScalar, float, DotTile<DotScalar, int>>("scalar", bits),
    };

    /// <summary>
    /// All that this processor carries out, for tests: also those that others are preferred to. Not kept: asking for one kernel
    /// must not make them all.
    /// </summary>
    public static IReadOnlyList<Int8Kernel> Available =>
    [
        .. new[] { 8, 7 }.SelectMany(
            bits =>
                InstructionSets.Available.SelectMany(set =>
                    new[] { For(set, assemble: true, bits), For(set, assemble: false, bits) })
            .Concat(
                Avx512BW.IsSupported
                    ? [new Int8Kernel<Simd512, Vector512<float>, DotTile<Dot512, Vector512<int>>>("AVX-512BW", bits)]
                    : [])
            .Concat(
                Avx2.IsSupported
                    ? [new Int8Kernel<Simd256, Vector256<float>, DotTile<Dot256, Vector256<int>>>("AVX2", bits)]
                    : [])
            .Concat(
                Vector128.IsHardwareAccelerated
                    ? [new Int8Kernel<Simd128, Vector128<float>, DotTile<Dot128, Vector128<int>>>("128 bits", bits)]
                    : []))
            .Concat(
                Avx512BW.IsSupported
                    ? [new Int8Kernel<Simd512, Vector512<float>, DotTile<Dot512Bytes, Vector512<int>>>("AVX-512BW, bytes", 7)]
                    : [])
            .Concat(Avx2.IsSupported ? [new Int8Kernel<Simd256, Vector256<float>, ByteTile>("AVX2, bytes", 7)] : [])
            .DistinctBy(k => k.Name),
    ];
}
