using System.Diagnostics.CodeAnalysis;

namespace RfDetr;

/// <summary>
/// A view of pixels in memory that somebody else owns: an <c>Image</c>, a video frame, a camera buffer.
/// Checked once here, so that every consumer may rely on it.
/// </summary>
public readonly ref struct PixelFrame
{
    /// <summary>Views <paramref name="data"/> as rows of pixels, the top row first.</summary>
    /// <param name="data">The bytes; at least <c>stride · (height − 1) + width · bytes per pixel</c>.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="stride">Bytes from one row to the next, at least one row's; 0 for rows without padding.</param>
    /// <param name="format">Order of the bytes of a pixel.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public PixelFrame(ReadOnlySpan<byte> data, int width, int height, int stride, PixelFormat format)
    {
        int pixel = format.BytesPerPixel();
        if (width < 1 || height < 1)
            PixelFrameErrors.ThrowSize(width, height);
        long row = (long)width * pixel;
        long step = stride == 0 ? row : stride;
        if (step < row || step > int.MaxValue)
            PixelFrameErrors.ThrowStride(stride, row, width, format);
        if (step * (height - 1) + row > data.Length)
            PixelFrameErrors.ThrowLength(data.Length, step * (height - 1) + row, width, height, format);
        Data = data;
        Width = width;
        Height = height;
        Stride = (int)step;
        Format = format;
    }

    private PixelFrame(ReadOnlySpan<byte> data, int width, int height, int stride, PixelFormat format, object? owner)
        : this(data, width, height, stride, format) => Owner = owner;

    /// <summary>The bytes, from the first pixel on.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>Order of the bytes of a pixel.</summary>
    public PixelFormat Format { get; }

    /// <summary>
    /// Object that must stay reachable while the pixels are read; kept alive by every consumer of this library.
    /// </summary>
    internal object? Owner { get; }

    /// <summary>The bytes of one row, without padding.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<byte> Row(int y)
    {
        if ((uint)y >= (uint)Height)
            PixelFrameErrors.ThrowRow(y, Height);
        return Data.Slice((int)((long)y * Stride), Width * Format.BytesPerPixel());
    }

    /// <summary>A view of a rectangle of this frame (a region of interest); copies nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or not wholly inside.</exception>
    public PixelFrame Crop(int x, int y, int width, int height)
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || width > Width - x || height > Height - y)
            PixelFrameErrors.ThrowCrop(x, y, width, height, Width, Height);
        long start = (long)y * Stride + (long)x * Format.BytesPerPixel();
        return new PixelFrame(Data[(int)start..], width, height, Stride, Format, Owner);
    }

    internal static PixelFrame Owned(ReadOnlySpan<byte> data, int width, int height, PixelFormat format, object owner) =>
        new(data, width, height, 0, format, owner);
}

/// <summary>The caller's mistakes about <see cref="PixelFrame"/>, kept out of its hot paths.</summary>
internal static class PixelFrameErrors
{
    [DoesNotReturn]
    public static void ThrowSize(int width, int height) =>
        throw new ArgumentOutOfRangeException(
            nameof(width), $"A frame of {width}×{height} pixels has none; width and height must be at least 1.");

    [DoesNotReturn]
    public static void ThrowStride(int stride, long row, int width, PixelFormat format) =>
        throw new ArgumentOutOfRangeException(nameof(stride),
            $"A stride of {stride} bytes is not possible: {width} pixels of {format} take {row} bytes. Give 0 for rows "
                + $"without padding.");

    [DoesNotReturn]
    public static void ThrowLength(int length, long needed, int width, int height, PixelFormat format) =>
        throw new ArgumentException(
            $"{length} bytes are too few: {width}×{height} pixels of {format} with this stride need {needed}.", "data");

    [DoesNotReturn]
    public static void ThrowRow(int y, int height) =>
        throw new ArgumentOutOfRangeException(nameof(y), y, $"The frame has rows 0 to {height - 1}.");

    [DoesNotReturn]
    public static void ThrowCrop(int x, int y, int width, int height, int frameWidth, int frameHeight) =>
        throw new ArgumentOutOfRangeException(nameof(x),
            $"The rectangle at ({x}, {y}) of {width}×{height} pixels is empty or not inside the frame of "
                + $"{frameWidth}×{frameHeight}.");
}
