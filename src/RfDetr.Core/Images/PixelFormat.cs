namespace RfDetr;

/// <summary>Order of the bytes of one pixel; every sample is 8 bits, sRGB.</summary>
public enum PixelFormat
{
    /// <summary>Red, green, blue: three bytes.</summary>
    Rgb24,

    /// <summary>Blue, green, red: three bytes (OpenCV's order).</summary>
    Bgr24,

    /// <summary>Red, green, blue, alpha: four bytes. Alpha is ignored by the network.</summary>
    Rgba32,

    /// <summary>Blue, green, red, alpha: four bytes (GDI's and most screens' order). Alpha is ignored by the network.</summary>
    Bgra32,

    /// <summary>One gray byte, taken as equal red, green and blue.</summary>
    Gray8,
}

/// <summary>Facts about a <see cref="PixelFormat"/>.</summary>
internal static class PixelFormats
{
    /// <summary>Bytes of one pixel: 1, 3 or 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined format.</exception>
    public static int BytesPerPixel(this PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => 3,
        PixelFormat.Rgba32 or PixelFormat.Bgra32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown pixel format."),
    };

    /// <summary>True if the first byte of a color pixel is blue.</summary>
    internal static bool BlueFirst(this PixelFormat format) => format is PixelFormat.Bgr24 or PixelFormat.Bgra32;
}
