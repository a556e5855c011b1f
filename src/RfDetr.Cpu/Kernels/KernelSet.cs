using System.Runtime.Intrinsics;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>All kernels for one instruction set. Called with blocks of work large enough that the call does not count.</summary>
internal abstract unsafe class KernelSet
{
    public abstract int TileRows { get; }

    public abstract int TileColumns { get; }

    /// <summary>Products of 8-bit integers.</summary>
    public abstract Int8Kernel Int8 { get; }

    public abstract int ProductScratchFloats(int k);

    public abstract void Product(in ProductBlock block);

    /// <summary>
    /// y = function(x) for n values; x moves by <paramref name="step"/> (0 or 1, or any other at scalar speed).
    /// </summary>
    public abstract void Map(UnaryFunction function, float* x, nint step, float* y, int n);

    public abstract void Combine(BinaryKind kind, float* a, nint stepA, float* b, nint stepB, float* y, int n);

    /// <summary>(x − mean)/√(variance + ε)·weight + bias, then the activation, for one row.</summary>
    public abstract void Norm(float* x, float* weight, float* bias, float epsilon, UnaryFunction activation, float* y, int n);

    /// <summary>Softmax of one row.</summary>
    public abstract void Softmax(float* x, float* y, int n);

    /// <summary>exp(scale·(x − max x)) in place; returns the sum.</summary>
    public abstract float ExpRow(float* x, float scale, int n);

    public abstract void Scale(float* x, float factor, int n);

    /// <summary>y += x·factor.</summary>
    public abstract void AddScaled(float* x, float factor, float* y, int n);

    /// <summary>y += a·b, element by element.</summary>
    public abstract void MultiplyAdd(float* a, float* b, float* y, int n);

    /// <summary>Sum or largest value of a row.</summary>
    public abstract float Reduce(ReduceKind kind, float* x, int n);

    /// <summary>n values as bfloat16.</summary>
    public abstract void RoundToBFloat16(float* x, ushort* y, int n);

    /// <summary>Those of an instruction set.</summary>
    /// <param name="set">The instruction set.</param>
    /// <param name="assemble">True if code may be assembled at run time.</param>
    /// <param name="activationBits">Bits of activations in products of 8-bit integers.</param>
    public static KernelSet For(InstructionSet set, bool assemble = true, int activationBits = Int8Kernel.UsualBits)
    {
        // Not looked for before a plan asks: assembling takes milliseconds.
        var int8 = new Lazy<Int8Kernel>(() => Int8Kernel.For(set, assemble, activationBits));
        return set switch
        {
            InstructionSet.Avx512 => new KernelSet<Simd512, Vector512<float>, Tile<Simd512, Vector512<float>>>(int8),
            InstructionSet.Avx2 => new KernelSet<Simd256, Vector256<float>, Tile<Simd256, Vector256<float>>>(int8),
            InstructionSet.Simd128 => new KernelSet<Simd128, Vector128<float>, Tile<Simd128, Vector128<float>>>(int8),
            _ => new KernelSet<SimdScalar, float, Tile<SimdScalar, float>>(int8),
        };
    }

    /// <summary>
    /// Those whose products are of pairs of bfloat16 with sums in float32; null where processor or system lack what it takes.
    /// </summary>
    /// <param name="set">The instruction set.</param>
    /// <param name="assemble">True if code may be assembled at run time.</param>
    public static KernelSet? ForBFloat16(InstructionSet set, bool assemble = true) =>
        set == InstructionSet.Avx512 && assemble && BFloat16Tile.IsAvailable
        ? new KernelSet<Simd512, Vector512<float>, BFloat16Tile>(new(() => Int8Kernel.For(set, assemble)))
        : null;
}
