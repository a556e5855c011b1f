using System.Buffers.Binary;

namespace RfDetr;

/// <summary>File formats of images. All are read; JPEG, PNG and WebP are also written.</summary>
public enum ImageFormat
{
    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP, lossy or lossless.</summary>
    Webp,

    /// <summary>GIF; only the first frame is read.</summary>
    Gif,

    /// <summary>TIFF; only the first page is read.</summary>
    Tiff,

    /// <summary>AVIF, and other HEIF files if the libvips in use was built with their codec.</summary>
    Heif,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}

/// <summary>Recognizes formats by their first bytes; file names are not trusted.</summary>
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
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8)
            || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
        {
            return ImageFormat.Tiff;
        }

        if (bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) && IsHeifBrand(bytes.Slice(8, 4)))
            return ImageFormat.Heif;
        return bytes.StartsWith("BM"u8) ? ImageFormat.Bmp : null;
    }

    /// <summary>True if the end that the format prescribes is missing. Meaningful only after decoding failed.</summary>
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
