using System.Runtime.InteropServices;
using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Moves of whole pixels that lose nothing: mirroring and turns by a quarter.</summary>
internal static class Flips
{
    /// <summary>Left and right exchanged.</summary>
    public static Sample Horizontal(Sample s)
    {
        byte[] rgb = new byte[s.Rgb.Length];
        ReadOnlySpan<Pixel> from = Pixels(s.Rgb);
        Span<Pixel> to = MemoryMarshal.Cast<byte, Pixel>(rgb.AsSpan());
        from.CopyTo(to);
        for (int y = 0; y < s.Height; y++)
            to.Slice(y * s.Width, s.Width).Reverse();
        return new Sample(rgb, s.Width, s.Height, Map(s,
            b => b with { X = s.Width - b.X - b.Width },
            m => new TargetMask(s.Width - m.X - m.Width, m.Y, m.Width, m.Height, Rows(m, row => row.Reverse()))));
    }

    /// <summary>Top and bottom exchanged.</summary>
    public static Sample Vertical(Sample s)
    {
        byte[] rgb = new byte[s.Rgb.Length];
        FlipRows(s.Rgb, rgb, 3 * s.Width);
        return new Sample(rgb, s.Width, s.Height, Map(s,
            b => b with { Y = s.Height - b.Y - b.Height },
            m =>
            {
                byte[] pixels = new byte[m.Pixels.Length];
                FlipRows(m.Pixels, pixels, m.Width);
                return m with { Y = s.Height - m.Y - m.Height, Pixels = pixels };
            }));
    }

    /// <summary>Rows and columns exchanged (mirrored at the main diagonal).</summary>
    public static Sample Transpose(Sample s)
    {
        byte[] rgb = new byte[s.Rgb.Length];
        Transpose(Pixels(s.Rgb), MemoryMarshal.Cast<byte, Pixel>(rgb.AsSpan()), s.Width, s.Height);
        return new Sample(rgb, s.Height, s.Width, Map(s,
            b => new BoxXywh(b.Y, b.X, b.Height, b.Width),
            m =>
            {
                byte[] pixels = new byte[m.Pixels.Length];
                Transpose<byte>(m.Pixels, pixels, m.Width, m.Height);
                return new TargetMask(m.Y, m.X, m.Height, m.Width, pixels);
            }));
    }

    /// <summary>Turned clockwise by 0 to 3 quarters.</summary>
    public static Sample Turn(Sample s, int quarters) => (quarters & 3) switch
    {
        1 => Horizontal(Transpose(s)),
        2 => Horizontal(Vertical(s)),
        3 => Vertical(Transpose(s)),
        _ => s,
    };

    private delegate void RowAction(Span<byte> row);

    private static SampleObject[] Map(Sample s, Func<BoxXywh, BoxXywh> box, Func<TargetMask, TargetMask> mask) =>
        Array.ConvertAll(s.Objects, o => o with { Box = box(o.Box), Mask = o.Mask is { } m ? mask(m) : null });

    private static byte[] Rows(TargetMask mask, RowAction change)
    {
        byte[] pixels = (byte[])mask.Pixels.Clone();
        for (int y = 0; y < mask.Height; y++)
            change(pixels.AsSpan(y * mask.Width, mask.Width));
        return pixels;
    }

    private static void FlipRows(ReadOnlySpan<byte> from, Span<byte> to, int stride)
    {
        for (int at = 0; at < from.Length; at += stride)
            from.Slice(at, stride).CopyTo(to[(to.Length - stride - at)..]);
    }

    // In blocks: a column of a large image touches a new cache line at each pixel.
    private static void Transpose<T>(ReadOnlySpan<T> from, Span<T> to, int width, int height)
    {
        const int Block = 32;
        for (int y0 = 0; y0 < height; y0 += Block)
        {
            for (int x0 = 0; x0 < width; x0 += Block)
            {
                for (int y = y0; y < Math.Min(y0 + Block, height); y++)
                {
                    for (int x = x0; x < Math.Min(x0 + Block, width); x++)
                        to[x * height + y] = from[y * width + x];
                }
            }
        }
    }

    private static ReadOnlySpan<Pixel> Pixels(byte[] rgb) => MemoryMarshal.Cast<byte, Pixel>(rgb);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Pixel(byte Red, byte Green, byte Blue);
}
