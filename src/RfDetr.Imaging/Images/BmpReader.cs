using System.Buffers.Binary;
using System.Numerics;

namespace RfDetr;

/// <summary>Reads uncompressed Windows bitmaps, for which the packaged libvips has no loader. Alpha is dropped.</summary>
internal static unsafe class BmpReader
{
    public static Image Decode(ReadOnlySpan<byte> file, string source, ImageLimits limits)
    {
        BmpHeader header = BmpHeader.Read(file, source, limits);
        int row = header.Width * 3;
        PixelMemory memory = PixelMemory.Allocate((long)row * header.Height);
        try
        {
            for (int y = 0; y < header.Height; y++)
            {
                int storedRow = header.TopDown ? y : header.Height - 1 - y;
                ReadOnlySpan<byte> from = file.Slice((int)(header.PixelOffset + (long)storedRow * header.Stride), header.Stride);
                DecodeRow(header, file, from, new Span<byte>(memory.Pointer + (long)y * row, row), source);
            }

            return new Image(memory, header.Width, header.Height);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static void DecodeRow(
        BmpHeader header, ReadOnlySpan<byte> file, ReadOnlySpan<byte> from, Span<byte> to, string source)
    {
        switch (header.Bits)
        {
            case <= 8:
                Indexed(header, file.Slice(header.PaletteOffset, header.Colors * 4), from, to, source);
                break;
            case 24:
                for (int i = 0; i < to.Length; i += 3)
                    (to[i], to[i + 1], to[i + 2]) = (from[i + 2], from[i + 1], from[i]);
                break;
            default:
                Masked(header, from, to);
                break;
        }
    }

    private static void Indexed(
        BmpHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> from, Span<byte> to, string source)
    {
        int perByte = 8 / header.Bits;
        for (int x = 0; x < header.Width; x++)
        {
            int shift = 8 - header.Bits * (x % perByte + 1);
            int index = (from[x / perByte] >> shift) & ((1 << header.Bits) - 1);
            if (index >= header.Colors)
            {
                throw new ImageContentException(
                    source, ImageFault.Corrupt, $"corrupt BMP file: color {index} of a palette of {header.Colors}.");
            }

            ReadOnlySpan<byte> color = palette.Slice(index * 4, 3);
            (to[x * 3], to[x * 3 + 1], to[x * 3 + 2]) = (color[2], color[1], color[0]);
        }
    }

    private static void Masked(BmpHeader header, ReadOnlySpan<byte> from, Span<byte> to)
    {
        int bytes = header.Bits / 8;
        for (int x = 0; x < header.Width; x++)
        {
            ReadOnlySpan<byte> at = from[(x * bytes)..];
            uint pixel = bytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
            to[x * 3] = Scale(pixel, header.Red);
            to[x * 3 + 1] = Scale(pixel, header.Green);
            to[x * 3 + 2] = Scale(pixel, header.Blue);
        }
    }

    // Scales a field from its own range to 0–255, rounded to nearest.
    private static byte Scale(uint pixel, uint mask)
    {
        ulong most = mask >> BitOperations.TrailingZeroCount(mask);
        ulong value = (pixel & mask) >> BitOperations.TrailingZeroCount(mask);
        return (byte)((value * 255 + most / 2) / most);
    }
}
