namespace RfDetr;

/// <summary>A rectangle of whole pixels; columns <c>X .. X+Width−1</c>, rows <c>Y .. Y+Height−1</c>.</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="Height">Number of rows.</param>
public readonly record struct PixelRect(int X, int Y, int Width, int Height)
{
    /// <summary>One past the last column.</summary>
    public int Right => X + Width;

    /// <summary>One past the last row.</summary>
    public int Bottom => Y + Height;

    /// <summary>True if it holds no pixel.</summary>
    public bool IsEmpty => Width <= 0 || Height <= 0;

    /// <summary>The pixels in both rectangles; empty (all zero) if there are none.</summary>
    public PixelRect Intersect(PixelRect other)
    {
        int x = Math.Max(X, other.X), y = Math.Max(Y, other.Y);
        int width = Math.Min(Right, other.Right) - x, height = Math.Min(Bottom, other.Bottom) - y;
        return width > 0 && height > 0 ? new PixelRect(x, y, width, height) : default;
    }

    /// <summary>The same rectangle by its edges.</summary>
    public BoxXyxy ToXyxy() => new(X, Y, Right, Bottom);
}
