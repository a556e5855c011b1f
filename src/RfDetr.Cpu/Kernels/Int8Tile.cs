namespace RfDetr.Cpu;

/// <summary>Where one tile's sums lie, what scales them, what is added, and where the result goes. What is not there points at zeros.</summary>
internal readonly unsafe struct Int8Tile
{
    /// <summary>Rows and columns that are not cut off, and columns of a whole tile.</summary>
    public readonly int Height, Width, Columns;

    public readonly int* Sums, ColumnSums;

    public readonly RowScale* RowScales;

    public readonly float* Scales, Bias, Residual, C;

    public readonly nint Ldr, Ldc;

    /// <param name="p">The block.</param>
    /// <param name="row">The tile's first row.</param>
    /// <param name="panel">Its panel.</param>
    /// <param name="rows">Rows of a whole tile.</param>
    /// <param name="zeros">Zeros for the width of a tile.</param>
    public Int8Tile(in Int8Block p, int row, int panel, int rows, float* zeros)
    {
        Columns = p.Layout.Columns;
        int column = panel * Columns;
        Height = Math.Min(rows, p.Rows - row);
        Width = Math.Min(Columns, p.Layout.N - column);
        Sums = p.Sums + row * Columns;
        RowScales = p.RowScales + row;
        Scales = (float*)(p.Weights + p.Layout.ScalesAt) + column;
        ColumnSums = (int*)(p.Weights + p.Layout.SumsAt) + column;
        Bias = p.Bias == null ? zeros : p.Bias + column;
        Ldr = p.Residual == null ? 0 : p.Ldr;
        Residual = p.Residual == null ? zeros : p.Residual + row * p.Ldr + column;
        Ldc = p.Ldc;
        C = p.C + row * p.Ldc + column;
    }

    /// <summary>Asks for what finishing the tile reads and writes.</summary>
    public void Fetch()
    {
        Prefetch.Rows(C, Ldc, Height, Width);
        if (Ldr != 0)
            Prefetch.Rows(Residual, Ldr, Height, Width);
    }
}
