namespace RfDetr.Training;

/// <summary>
/// A mask as the window of pixels that holds it, so that memory follows the objects' size, not the image's; outside the window it
/// is 0.
/// </summary>
/// <param name="X">Left column of the window in the batch's image.</param>
/// <param name="Y">Top row.</param>
/// <param name="Width">Columns; 0 for an empty mask.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">[Height, Width] row-major: 1 inside the object, else 0.</param>
internal sealed record TargetMask(int X, int Y, int Width, int Height, byte[] Pixels)
{
    /// <summary>1 inside the object, else 0; 0 outside the window.</summary>
    public byte At(int x, int y)
    {
        int column = x - X, row = y - Y;
        return (uint)column < (uint)Width && (uint)row < (uint)Height ? Pixels[row * Width + column] : (byte)0;
    }
}
