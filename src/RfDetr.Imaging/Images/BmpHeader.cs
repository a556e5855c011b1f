using System.Buffers.Binary;
using System.Numerics;

namespace RfDetr;

/// <summary>
/// Header of a Windows bitmap (BITMAPFILEHEADER and BITMAPINFOHEADER, V4 or V5; Microsoft, "Bitmap Storage"),
/// checked against the file's length.
/// </summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="TopDown">True if the top row comes first.</param>
/// <param name="Bits">Bits per pixel: 1, 4, 8 (palette), 16, 24 or 32.</param>
/// <param name="PixelOffset">Byte at which the rows begin.</param>
/// <param name="Stride">Bytes per row, a multiple of four.</param>
/// <param name="PaletteOffset">Byte at which the four-byte palette entries begin.</param>
/// <param name="Colors">Number of palette entries in the file.</param>
/// <param name="Red">Bit mask of red in a 16- or 32-bit pixel.</param>
/// <param name="Green">Bit mask of green.</param>
/// <param name="Blue">Bit mask of blue.</param>
internal sealed record BmpHeader(
    int Width, int Height, bool TopDown, int Bits, int PixelOffset, int Stride, int PaletteOffset, int Colors,
    uint Red, uint Green, uint Blue)
{
    private const int FileHeader = 14, InfoHeader = 40;
    private const uint Uncompressed = 0, BitFields = 3, AlphaBitFields = 6;

    public static BmpHeader Read(ReadOnlySpan<byte> file, string source, ImageLimits limits)
    {
        if (file.Length < FileHeader + InfoHeader)
            throw Truncated(source, file.Length, FileHeader + InfoHeader);
        uint pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        uint headerSize = BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        long width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        long signedHeight = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(file[28..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(file[30..]);
        if (headerSize is not (InfoHeader or 52 or 56 or 108 or 124) || file.Length < FileHeader + headerSize)
            throw Unsupported(source, $"its information header has {headerSize} bytes");
        limits.CheckSize(source, width, Math.Abs(signedHeight));
        bool masked = compression is BitFields or AlphaBitFields && bits is 16 or 32;
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32) || (compression != Uncompressed && !masked))
            throw Unsupported(source, $"it has {bits} bits per pixel with compression {compression}");

        // The masks follow the short header; the longer headers contain them, at the same place.
        int maskBytes = masked && headerSize == InfoHeader ? (compression == AlphaBitFields ? 16 : 12) : 0;
        long palette = FileHeader + headerSize + maskBytes;
        if (file.Length < palette || pixelOffset < palette)
            throw Corrupt(source, $"its pixels claim to begin at byte {pixelOffset}, within the header");
        (uint red, uint green, uint blue) = masked ? Masks(file[(FileHeader + InfoHeader)..]) : DefaultMasks(bits);
        if (!IsRun(red) || !IsRun(green) || !IsRun(blue))
            throw Corrupt(source, $"its color masks {red:X8}, {green:X8}, {blue:X8} are not runs of bits");
        int stride = checked((int)((width * bits + 31) / 32 * 4));
        long end = pixelOffset + stride * Math.Abs(signedHeight);
        if (file.Length < end)
            throw Truncated(source, file.Length, end);
        int colors = bits <= 8 ? (int)Math.Min((pixelOffset - palette) / 4, 1L << bits) : 0;
        return new BmpHeader((int)width, (int)Math.Abs(signedHeight), signedHeight < 0, bits, (int)pixelOffset, stride,
            (int)palette, colors, red, green, blue);
    }

    private static (uint Red, uint Green, uint Blue) Masks(ReadOnlySpan<byte> at) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(at), BinaryPrimitives.ReadUInt32LittleEndian(at[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(at[8..]));

    private static (uint Red, uint Green, uint Blue) DefaultMasks(int bits) =>
        bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu) : (0xFF0000u, 0xFF00u, 0xFFu);

    // True for one unbroken run of at least one bit.
    private static bool IsRun(uint mask) =>
        mask != 0
        && BitOperations.PopCount(mask) == 32 - BitOperations.LeadingZeroCount(mask) - BitOperations.TrailingZeroCount(mask);

    private static ImageContentException Truncated(string source, long length, long needed) =>
        new(source, ImageFault.Truncated,
            $"truncated: this BMP file has {length} bytes and needs {needed}. Fetch or copy it again.");

    private static ImageContentException Unsupported(string source, string what) =>
        new(source, ImageFault.Unsupported, $"a BMP file of a kind that is not read: {what}. Save it uncompressed or as PNG.");

    private static ImageContentException Corrupt(string source, string what) =>
        new(source, ImageFault.Corrupt, $"corrupt BMP file: {what}.");
}
