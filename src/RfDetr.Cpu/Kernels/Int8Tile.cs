namespace RfDetr.Cpu;

/// <summary>
/// One tile of a product: where its sums lie, what scales them, what is added, and where the result goes. What is not there
/// points at zeros.
/// </summary>
/// <remarks>
/// Made once for a panel and moved from tile to tile in place: a copy would be read with wide loads right after narrow stores,
/// which wait until all earlier stores have left the core, those of the last tile's result among them. That took a sixth of the
/// time.
/// </remarks>
internal unsafe struct Int8Tile
{
    private readonly int _rows;
    private readonly int* _sums;
    private readonly RowScale* _rowScales;
    private readonly float* _residual, _c;

    /// <summary>Columns of a whole tile, those that are not cut off, and rows that are not cut off.</summary>
    public readonly int Columns, Width;

    public int Height;

    public int* Sums;

    public RowScale* RowScales;

    /// <summary>
    /// Values that belong to the columns, as <see cref="Int8Result"/> takes them; zeros where they are cut off.
    /// </summary>
    public readonly int* OfColumns;

    public float* Residual, C;

    /// <summary>Distances of rows.</summary>
    public readonly nint Ldr, Ldc;

    /// <param name="p">The block.</param>
    /// <param name="panel">The tile's panel.</param>
    /// <param name="ofColumns">Room for what belongs to the columns: three rows of a panel's width.</param>
    /// <param name="zeros">Zeros for the width of a tile.</param>
    public Int8Tile(in Int8Block p, int panel, int* ofColumns, float* zeros)
    {
        Columns = p.Layout.Columns;
        int column = panel * Columns;
        Width = Math.Min(Columns, p.Layout.N - column);
        OfColumns = ofColumns;
        Copy(p.Weights + p.Layout.SumsAt, column, ofColumns, Columns);
        Copy(p.Weights + p.Layout.ScalesAt, column, ofColumns + Columns, Columns);
        Copy((byte*)(p.Bias == null ? zeros : p.Bias + column), 0, ofColumns + 2 * Columns, p.Bias == null ? Columns : Width);
        _rows = p.Rows;
        _sums = Sums = p.Sums;
        _rowScales = RowScales = p.RowScales;
        Ldr = p.Residual == null ? 0 : p.Ldr;
        _residual = Residual = p.Residual == null ? zeros : p.Residual + column;
        Ldc = p.Ldc;
        _c = C = p.C + column;
    }

    /// <summary>Goes to the tile that begins at a row.</summary>
    public void MoveTo(int row, int rows)
    {
        Height = Math.Min(rows, _rows - row);
        Sums = _sums + row * Columns;
        RowScales = _rowScales + row;
        Residual = _residual + row * Ldr;
        C = _c + row * Ldc;
    }

    private static void Copy(byte* row, int column, int* to, int count) =>
        Buffer.MemoryCopy((int*)row + column, to, count * sizeof(int), count * sizeof(int));

    /// <summary>True if nothing is cut off.</summary>
    public readonly bool IsWhole(int rows) => Height == rows && Width == Columns;

    /// <summary>Asks for what finishing the tile reads and writes.</summary>
    public readonly void Fetch()
    {
        Prefetch.Rows(C, Ldc, Height, Width);
        if (Ldr != 0)
            Prefetch.Rows(Residual, Ldr, Height, Width);
    }
}
