using System.Buffers.Binary;

namespace RfDetr;

/// <summary>File formats of images that are read.</summary>
public enum ImageFormat
{
    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP, lossy or lossless.</summary>
    Webp,

    /// <summary>GIF; the first frame counts.</summary>
    Gif,

    /// <summary>TIFF; the first page counts.</summary>
    Tiff,

    /// <summary>AVIF, and HEIF as far as the libvips in use was built for it.</summary>
    Heif,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}

/// <summary>Tells formats by their first bytes; file names are not trusted.</summary>
internal static class ImageFormats
{
    public static ImageFormat? Sniff(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return ImageFormat.Jpeg;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
            return ImageFormat.Png;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
            return ImageFormat.Gif;
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
            return ImageFormat.Webp;
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
            return ImageFormat.Tiff;
        if (bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) && IsHeifBrand(bytes.Slice(8, 4)))
            return ImageFormat.Heif;
        return bytes.StartsWith("BM"u8) ? ImageFormat.Bmp : null;
    }

    /// <summary>The loader of libvips. Naming it keeps every other loader, safe or not, out of reach of a file.</summary>
    public static string Loader(this ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "jpegload_buffer",
        ImageFormat.Png => "pngload_buffer",
        ImageFormat.Webp => "webpload_buffer",
        ImageFormat.Gif => "gifload_buffer",
        ImageFormat.Tiff => "tiffload_buffer",
        ImageFormat.Heif => "heifload_buffer",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "libvips does not load this format here."),
    };

    /// <summary>Whether the end that the format prescribes is missing. Only asked after decoding failed.</summary>
    public static bool EndsEarly(this ImageFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        ImageFormat.Jpeg => !bytes[^Math.Min(bytes.Length, 1024)..].ContainsPair(0xFF, 0xD9),
        ImageFormat.Png => bytes[^Math.Min(bytes.Length, 1024)..].IndexOf("IEND"u8) < 0,
        ImageFormat.Gif => bytes[^1] != 0x3B,
        ImageFormat.Webp => BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) > (ulong)bytes.Length - 8,
        _ => false,
    };

    private static bool ContainsPair(this ReadOnlySpan<byte> bytes, byte first, byte second) =>
        bytes.IndexOf((ReadOnlySpan<byte>)[first, second]) >= 0;

    private static bool IsHeifBrand(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) || brand.SequenceEqual("mif1"u8)
        || brand.SequenceEqual("msf1"u8) || brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8);
}
