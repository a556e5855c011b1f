namespace RfDetr;

/// <summary>An image to draw on: RGB, one byte per channel, rows without gaps, owned by the canvas.</summary>
public sealed class Canvas
{
    private const int Channels = 3;
    private readonly byte[] _pixels;

    /// <summary>A black image.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">The size is not positive or needs more than 2³¹−1 bytes.</exception>
    public Canvas(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if ((long)width * height > Array.MaxLength / Channels)
            throw new ArgumentException($"A canvas of {width}×{height} pixels is too large; the limit is {Array.MaxLength / Channels} pixels.");
        Width = width;
        Height = height;
        _pixels = new byte[width * height * Channels];
    }

    /// <summary>Number of columns.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>All pixels, <c>[Height, Width, 3]</c>.</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>One row, <c>[Width, 3]</c>.</summary>
    public Span<byte> Row(int y) => _pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>One pixel.</summary>
    public Rgb this[int x, int y]
    {
        get
        {
            ReadOnlySpan<byte> pixel = Row(y).Slice(x * Channels, Channels);
            return new Rgb(pixel[0], pixel[1], pixel[2]);
        }
        set => (Row(y)[x * Channels], Row(y)[x * Channels + 1], Row(y)[x * Channels + 2]) = (value.R, value.G, value.B);
    }

    /// <summary>Replaces the whole image.</summary>
    /// <param name="rgb">RGB rows.</param>
    /// <param name="stride">Bytes from one row to the next, at least <c>3 · Width</c>.</param>
    /// <exception cref="ArgumentException">There are too few bytes, or the stride is too small.</exception>
    public void CopyFrom(ReadOnlySpan<byte> rgb, int stride)
    {
        int row = Width * Channels;
        if (stride < row)
            throw new ArgumentException($"A stride of {stride} bytes is shorter than a row of {Width} RGB pixels ({row} bytes).", nameof(stride));
        long needed = (long)stride * (Height - 1) + row;
        if (rgb.Length < needed)
            throw new ArgumentException($"There are {rgb.Length} bytes, but {Height} rows with stride {stride} need {needed}.", nameof(rgb));
        for (int y = 0; y < Height; y++)
            rgb.Slice(y * stride, row).CopyTo(Row(y));
    }

    /// <summary>Fills whole pixels; parts beyond the image are cut.</summary>
    public void Fill(PixelRect rect, Rgb color)
    {
        PixelRect inside = rect.Intersect(new PixelRect(0, 0, Width, Height));
        for (int y = inside.Y; y < inside.Bottom; y++)
        {
            for (int x = inside.X; x < inside.Right; x++)
                this[x, y] = color;
        }
    }

    /// <summary>Mixes a color over one pixel, which must lie in the image.</summary>
    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    /// <param name="color">The color on top.</param>
    /// <param name="coverage">0 (unchanged) to 256 (replaced).</param>
    internal void Blend(int x, int y, Rgb color, int coverage)
    {
        Span<byte> pixel = Row(y).Slice(x * Channels, Channels);
        pixel[0] = Mix(pixel[0], color.R, coverage);
        pixel[1] = Mix(pixel[1], color.G, coverage);
        pixel[2] = Mix(pixel[2], color.B, coverage);
    }

    /// <summary>One channel, mixed and rounded.</summary>
    internal static byte Mix(int below, int above, int coverage) => (byte)((below * (256 - coverage) + above * coverage + 128) >> 8);
}
