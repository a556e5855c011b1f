using System.Diagnostics.CodeAnalysis;

namespace RfDetr;

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
