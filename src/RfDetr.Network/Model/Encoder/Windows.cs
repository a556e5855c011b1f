using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Cuts a grid of h×v tokens into w×w windows and back; windows of an image lie one after another, row by row.</summary>
internal sealed record Windows(int PerSide, int Height, int Width)
{
    private int RowsEach => Height / PerSide;

    private int ColumnsEach => Width / PerSide;

    /// <summary>Windows in one image, w².</summary>
    public int Count => PerSide * PerSide;

    public Tensor Cut(Tensor grid)
    {
        (Dim batch, Dim width) = (grid.Shape[0], grid.Shape[3]);
        return grid.Reshape(batch, PerSide, RowsEach, PerSide, ColumnsEach, width) // [B, w, h/w, w, v/w, D]
            .Permute(0, 1, 3, 2, 4, 5)
            .Reshape(batch * Count, RowsEach * ColumnsEach, width);                // [B·w², N/w², D]
    }

    public Tensor Join(Tensor windows)
    {
        (Dim batch, Dim width) = (windows.Shape[0] / Count, windows.Shape[2]);
        return windows.Reshape(batch, PerSide, PerSide, RowsEach, ColumnsEach, width)
            .Permute(0, 1, 3, 2, 4, 5)
            .Reshape(batch, Height, Width, width);                                 // [B, h, v, D]
    }
}
