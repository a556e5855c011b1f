namespace RfDetr;

/// <summary>
/// A binary mask with one <b>byte</b> per pixel (0 or 1), row-major: the form for per-pixel work. Eight times the
/// size of a bit set and, for most masks, a hundred times that of an <see cref="RleMask"/>; keep those instead.
/// </summary>
public sealed class BitMask
{
    private readonly byte[] _pixels;

    /// <summary>An empty mask.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentException">The size is not positive or has more than 2³¹−1 pixels.</exception>
    public BitMask(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if ((long)height * width > Array.MaxLength)
            throw new ArgumentException(
                $"A mask of {height}×{width} pixels is too large; the limit is {Array.MaxLength} pixels.");
        Height = height;
        Width = width;
        _pixels = new byte[height * width];
    }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Number of columns.</summary>
    public int Width { get; }

    /// <summary>All pixels, <c>[Height, Width]</c>; write only 0 and 1.</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>One row.</summary>
    public Span<byte> Row(int y) => _pixels.AsSpan(y * Width, Width);

    /// <summary>One pixel; true is mask.</summary>
    public bool this[int y, int x]
    {
        get => Row(y)[x] != 0;
        set => Row(y)[x] = value ? (byte)1 : (byte)0;
    }
}
