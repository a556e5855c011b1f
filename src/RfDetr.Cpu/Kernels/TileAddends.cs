namespace RfDetr.Cpu;

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
