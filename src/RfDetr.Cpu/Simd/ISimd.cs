namespace RfDetr.Cpu;

/// <summary>
/// Operations that kernels need of a register of float32 lanes. Kernels are generic over an implementation and its register type,
/// so that one text becomes AVX-512, AVX2, 128-bit (SSE, AdvSimd) or scalar code when the JIT compiles it.
/// </summary>
internal unsafe interface ISimd<T>
    where T : unmanaged
{
    /// <summary>Lanes of a register.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of a product's register tile, which is two registers wide.</summary>
    static abstract int TileRows { get; }

    static abstract T Load(float* from);

    static abstract void Store(float* to, T value);

    static abstract T Set(float value);

    static abstract T Add(T a, T b);

    static abstract T Sub(T a, T b);

    static abstract T Mul(T a, T b);

    static abstract T Div(T a, T b);

    /// <summary>The larger; b where either is no number.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The smaller; b where either is no number.</summary>
    static abstract T Min(T a, T b);

    /// <summary>a·b + c, rounded once where the processor can.</summary>
    static abstract T MulAdd(T a, T b, T c);

    static abstract T Sqrt(T a);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract T Round(T a);

    /// <summary>sums − zero·columnSums, computed in int32 (exactly), as float32.</summary>
    static abstract T FromSums(int* sums, int* columnSums, int zero);

    /// <summary>Stores integers of −32768..32767, one in two bytes each.</summary>
    static abstract void StoreInt16(short* to, T value);

    /// <summary>Stores the lowest byte of integers of −128..255.</summary>
    static abstract void StoreBytes(byte* to, T value);

    /// <summary>Stores values as <see cref="RfDetr.Tensors.BFloat16"/> rounds them, one in two bytes each.</summary>
    static abstract void StoreBFloat16(ushort* to, T value);

    /// <summary>2ⁿ for integers n in −127..128 (0 and ∞ at the ends).</summary>
    static abstract T Pow2(T n);

    static abstract T Sin(T a);

    static abstract T Cos(T a);

    /// <summary>All lanes added, in a fixed order.</summary>
    static abstract float Sum(T a);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(T a);
}
