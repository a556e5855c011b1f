namespace RfDetr.Cpu;

/// <summary>
/// Operations that integer products need of a register of int32 sums. Every implementation adds the same integers: none
/// saturates, so all give the same bits and the scalar one is the model of the others.
/// </summary>
internal unsafe interface IDotSimd<T>
    where T : unmanaged
{
    /// <summary>Sums of a register.</summary>
    static abstract int Count { get; }

    /// <summary>Terms that one instruction adds to a sum: two codes of 16 bits, or four of 8; four bytes either way.</summary>
    static abstract int Group { get; }

    /// <summary>
    /// Number that codes of 0..255 are lowered by before they are stored, for instructions that take signed bytes only.
    /// </summary>
    static abstract int Bias { get; }

    static abstract T Zero { get; }

    /// <summary>A group of weights for each sum, widened to what <see cref="Dot"/> takes.</summary>
    static abstract T Load(sbyte* weights);

    /// <summary>One group of codes for all sums.</summary>
    static abstract T Spread(byte* codes);

    /// <summary>sums + codes·weights, group by group.</summary>
    static abstract T Dot(T sums, T codes, T weights);

    static abstract T Add(T a, T b);

    static abstract T LoadSums(int* from);

    static abstract void Store(int* to, T sums);

    /// <summary>Writes what sums stand for; see <see cref="Int8Result"/>.</summary>
    static abstract void Store(float* to, T sums, RowScale* row, int* columns, int width, float* residual);
}
