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
    /// <param name="addends">Addends of the sums, in this order.</param>
    /// <param name="far">Memory to fetch meanwhile: some of it with each turn.</param>
    static abstract void Multiply(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far);
}

/// <summary>
/// Addends that a tile adds to its sums before they leave the registers: sums of earlier terms, then a value for each column
/// (bias), then rows (residual). Each is as wide as the tile; what is not there points at zeros with a step of 0.
/// </summary>
/// <remarks>
/// Made once and set again for each tile, in place: a copy would be read with wide loads right after narrow stores, and wait
/// until all earlier stores have left the core, those of the last tile's result among them.
/// </remarks>
internal unsafe struct TileAddends(float* zeros)
{
    /// <summary>Zeros for the width of a tile.</summary>
    public readonly float* Zeros = zeros;

    public float* Prior = zeros, Columns = zeros, Rows = zeros;

    /// <summary>True if there is anything but zeros.</summary>
    public readonly bool Any => Prior != Zeros || Columns != Zeros || Rows != Zeros;

    /// <summary>Distances of rows.</summary>
    public nint PriorStep, RowsStep;

    /// <summary>Back to zeros.</summary>
    public void Clear()
    {
        (PriorStep, RowsStep) = (0, 0);
        Prior = Columns = Rows = Zeros;
    }
}
