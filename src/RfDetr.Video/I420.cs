using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RfDetr.Video;

/// <summary>
/// Frames as H.264 holds them: luma of every pixel, then both chroma planes of half the width and height. Converting here costs
/// less than handing RGB to ffmpeg, which has twice the bytes, and a general conversion. Rec. ITU-R BT.601, limited range.
/// </summary>
internal static class I420
{
    /// <summary>FFmpeg's name of the matrix.</summary>
    public const string Matrix = "smpte170m";

    // Terms of 1/256; a result is off by one at most.
    private const int Round = 128;

    private static readonly Vector128<byte>[] s_red = Indexes(0), s_green = Indexes(1), s_blue = Indexes(2);

    /// <summary>Width or height of the planes: an odd one is made even, as two of them share their chroma.</summary>
    public static int Even(int size) => size + (size & 1);

    /// <summary>Bytes of a frame.</summary>
    public static int Size(int width, int height) => checked(Even(width) * Even(height) * 3 / 2);

    /// <summary>Converts a frame. A last column or row of an odd size stands there twice.</summary>
    /// <param name="rgb">Height × Width × 3 bytes.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="frame"><see cref="Size"/> bytes.</param>
    public static void FromRgb(ReadOnlySpan<byte> rgb, int width, int height, Span<byte> frame)
    {
        (int columns, int rows) = (Even(width), Even(height));
        Span<byte> luma = frame[..(columns * rows)];
        Span<byte> blue = frame.Slice(luma.Length, luma.Length / 4), red = frame.Slice(luma.Length * 5 / 4, luma.Length / 4);
        for (int y = 0; y < rows; y += 2)
        {
            ReadOnlySpan<byte> upper = rgb.Slice(y * width * 3, width * 3);
            ReadOnlySpan<byte> lower = y + 1 < height ? rgb.Slice((y + 1) * width * 3, width * 3) : upper;
            int half = y / 2 * (columns / 2);
            Rows(
                upper, lower, luma.Slice(y * columns, columns), luma.Slice((y + 1) * columns, columns),
                blue.Slice(half, columns / 2), red.Slice(half, columns / 2));
        }
    }

    private static void Rows(
        ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<byte> upperLuma, Span<byte> lowerLuma, Span<byte> blue,
        Span<byte> red)
    {
        int x = 0, width = upper.Length / 3;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                Pixels above = Read(upper, x), below = Read(lower, x);
                Luma(above).CopyTo(upperLuma[x..]);
                Luma(below).CopyTo(lowerLuma[x..]);
                Vector128<short> r = Mean(above.Red, below.Red), g = Mean(above.Green, below.Green);
                Vector128<short> b = Mean(above.Blue, below.Blue);
                Narrow(Shifted((112 * b) - (74 * g) - (38 * r))).CopyTo(blue[(x / 2)..]);
                Narrow(Shifted((112 * r) - (94 * g) - (18 * b))).CopyTo(red[(x / 2)..]);
            }
        }

        for (; x < upperLuma.Length; x += 2)
        {
            int first = x * 3, second = Math.Min(x + 1, width - 1) * 3;
            upperLuma[x] = Luma(upper[first..]);
            upperLuma[x + 1] = Luma(upper[second..]);
            lowerLuma[x] = Luma(lower[first..]);
            lowerLuma[x + 1] = Luma(lower[second..]);
            int r = (upper[first] + upper[second] + lower[first] + lower[second] + 2) >> 2;
            int g = (upper[first + 1] + upper[second + 1] + lower[first + 1] + lower[second + 1] + 2) >> 2;
            int b = (upper[first + 2] + upper[second + 2] + lower[first + 2] + lower[second + 2] + 2) >> 2;
            blue[x / 2] = (byte)((((112 * b) - (74 * g) - (38 * r) + Round) >> 8) + 128);
            red[x / 2] = (byte)((((112 * r) - (94 * g) - (18 * b) + Round) >> 8) + 128);
        }
    }

    private static byte Luma(ReadOnlySpan<byte> rgb) =>
        (byte)((((66 * rgb[0]) + (129 * rgb[1]) + (25 * rgb[2]) + Round) >> 8) + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Luma(Pixels p)
    {
        (Vector128<ushort> r0, Vector128<ushort> r1) = Vector128.Widen(p.Red);
        (Vector128<ushort> g0, Vector128<ushort> g1) = Vector128.Widen(p.Green);
        (Vector128<ushort> b0, Vector128<ushort> b1) = Vector128.Widen(p.Blue);
        var round = Vector128.Create((ushort)Round);
        Vector128<ushort> low = ((r0 * 66) + (g0 * 129) + (b0 * 25) + round) >>> 8;
        Vector128<ushort> high = ((r1 * 66) + (g1 * 129) + (b1 * 25) + round) >>> 8;
        return Vector128.Narrow(low, high) + Vector128.Create((byte)16);
    }

    // The mean of each two by two pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Mean(Vector128<byte> upper, Vector128<byte> lower)
    {
        (Vector128<ushort> a0, Vector128<ushort> a1) = Vector128.Widen(upper);
        (Vector128<ushort> b0, Vector128<ushort> b1) = Vector128.Widen(lower);
        Vector128<uint> low = Pairs(a0 + b0), high = Pairs(a1 + b1);
        return (Vector128.Narrow(low, high) + Vector128.Create((ushort)2) >>> 2).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Pairs(Vector128<ushort> values) =>
        (values.AsUInt32() & Vector128.Create(0xFFFFu)) + (values.AsUInt32() >>> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Shifted(Vector128<short> sum) =>
        ((sum + Vector128.Create((short)Round)) >> 8) + Vector128.Create((short)128);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector64<byte> Narrow(Vector128<short> values) =>
        Vector128.Narrow(values.AsUInt16(), values.AsUInt16()).GetLower();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pixels Read(ReadOnlySpan<byte> row, int x)
    {
        ref byte begin = ref Unsafe.Add(ref MemoryMarshal.GetReference(row), x * 3);
        var a = Vector128.LoadUnsafe(ref begin);
        var b = Vector128.LoadUnsafe(ref begin, 16);
        var c = Vector128.LoadUnsafe(ref begin, 32);
        return new Pixels(Every(a, b, c, s_red), Every(a, b, c, s_green), Every(a, b, c, s_blue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Every(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte>[] indexes) =>
        Vector128.Shuffle(a, indexes[0]) | Vector128.Shuffle(b, indexes[1]) | Vector128.Shuffle(c, indexes[2]);

    // Where bytes 0, 3, 6, … (of red; 1, 4, … and 2, 5, … of the others) are in each of three vectors; 255 gives 0.
    private static Vector128<byte>[] Indexes(int channel)
    {
        var indexes = new Vector128<byte>[3];
        for (int part = 0; part < 3; part++)
        {
            var places = new byte[16];
            for (int i = 0; i < 16; i++)
            {
                int at = (3 * i) + channel - (16 * part);
                places[i] = at is >= 0 and < 16 ? (byte)at : (byte)255;
            }

            indexes[part] = Vector128.Create(places);
        }

        return indexes;
    }

    private readonly record struct Pixels(Vector128<byte> Red, Vector128<byte> Green, Vector128<byte> Blue);
}
