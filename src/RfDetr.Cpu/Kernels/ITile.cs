namespace RfDetr.Cpu;

/// <summary>
/// A tile of rows × columns of float32 sums, all of which stay in registers. Terms are float32 values, or pairs of bfloat16 in
/// their place: four bytes of a row, and of each column, either way.
/// </summary>
internal unsafe interface ITile
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <summary>Terms of a turn of its loop.</summary>
    static abstract int TurnTerms { get; }

    /// <summary>c = a·b + addends.</summary>
    /// <param name="a">Rows of k terms, <paramref name="lda"/> apart.</param>
    /// <param name="lda">Distance of rows of a.</param>
    /// <param name="b">A packed panel: k times the columns.</param>
    /// <param name="k">Terms of each sum.</param>
    /// <param name="c">Rows of sums, <paramref name="ldc"/> apart.</param>
    /// <param name="ldc">Distance of rows of c.</param>
    /// <param name="addends">What is added to the sums, in this order.</param>
    /// <param name="far">What to fetch meanwhile: some of it with each turn.</param>
    static abstract void Multiply(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far);
}
