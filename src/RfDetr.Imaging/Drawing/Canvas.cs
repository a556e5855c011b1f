using System.Buffers;

namespace RfDetr;

/// <summary>
/// An image while it is drawn on: RGB, one byte per channel, rows without gaps, in native memory that <see cref="ToImage"/> hands
/// over.
/// Keep the canvas in a variable for as long as one of its spans is used. One thread at a time may draw.
/// </summary>
internal sealed unsafe class Canvas
{
    private const int Channels = 3;
    private readonly PixelMemory _pixels;

    /// <summary>A black image.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">The size is not positive or needs more than 2³¹−1 bytes.</exception>
    public Canvas(int width, int height) : this(width, height, Allocate(width, height)) => Pixels.Clear();

    private Canvas(int width, int height, PixelMemory pixels) => (Width, Height, _pixels) = (width, height, pixels);

    /// <summary>Number of columns.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>All pixels, <c>[Height, Width, 3]</c>.</summary>
    public Span<byte> Pixels => new(_pixels.Pointer, Width * Height * Channels);

    /// <summary>One pixel.</summary>
    public Rgb this[int x, int y]
    {
        get
        {
            ReadOnlySpan<byte> pixel = Row(y).Slice(x * Channels, Channels);
            var color = new Rgb(pixel[0], pixel[1], pixel[2]);
            GC.KeepAlive(this);
            return color;
        }
        set
        {
            Span<byte> pixel = Row(y).Slice(x * Channels, Channels);
            (pixel[0], pixel[1], pixel[2]) = (value.R, value.G, value.B);
            GC.KeepAlive(this);
        }
    }

    /// <summary>A copy of a frame, without its alpha.</summary>
    /// <exception cref="ArgumentException">The frame needs more than 2³¹−1 bytes.</exception>
    public static Canvas CopyOf(PixelFrame frame)
    {
        var canvas = new Canvas(frame.Width, frame.Height, Allocate(frame.Width, frame.Height));
        PixelPacking.ToRgb(frame, canvas.Pixels);
        return canvas;
    }

    /// <summary>
    /// A canvas on pixels of somebody else: drawing changes them. They stay in place until <see cref="Release"/>.
    /// </summary>
    /// <param name="rgb"><c>[height, width, 3]</c>.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">The memory does not have that many bytes.</exception>
    public static Canvas Over(Memory<byte> rgb, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (rgb.Length != (long)width * height * Channels)
            throw new ArgumentException(
                $"Pixels of {width}×{height} have {(long)width * height * Channels} bytes, not {rgb.Length}.", nameof(rgb));
        MemoryHandle pin = rgb.Pin();
        return new Canvas(width, height, PixelMemory.Adopt((nint)pin.Pointer, rgb.Length, _ => pin.Dispose()));
    }

    /// <summary>Ends drawing on pixels of somebody else; the canvas cannot be used any more.</summary>
    public void Release() => _pixels.Dispose();

    /// <summary>One row, <c>[Width, 3]</c>.</summary>
    public Span<byte> Row(int y) => Pixels.Slice(y * Width * Channels, Width * Channels);

    /// <summary>Fills whole pixels; parts beyond the image are cut off.</summary>
    public void Fill(PixelRect rect, Rgb color)
    {
        PixelRect inside = rect.Intersect(new PixelRect(0, 0, Width, Height));
        for (int y = inside.Y; y < inside.Bottom; y++)
        {
            for (int x = inside.X; x < inside.Right; x++)
                this[x, y] = color;
        }
    }

    /// <summary>The finished image. It owns the pixels from here on, so the canvas must not be drawn on again.</summary>
    public Image ToImage() => new(_pixels, Width, Height);

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
    internal static byte Mix(int below, int above, int coverage) =>
        (byte)((below * (256 - coverage) + above * coverage + 128) >> 8);

    private static PixelMemory Allocate(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        const int most = int.MaxValue / Channels;   // one span holds all pixels
        if ((long)width * height > most)
            throw new ArgumentException($"A canvas of {width}×{height} pixels is too large; the limit is {most} pixels.");
        return PixelMemory.Allocate((long)width * height * Channels);
    }
}
