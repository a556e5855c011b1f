namespace RfDetr;

/// <summary>Makes what is inside a rectangle unrecognizable.</summary>
internal static class RegionPainter
{
    // Of the shorter side: coarse enough that neither faces nor number plates can be read.
    private const int BlurParts = 5;
    private const int Squares = 6;
    private const int Channels = 3;

    /// <summary>Blurs a rectangle that lies in the image: three means over squares, which come close to a Gaussian.</summary>
    public static void Blur(Canvas canvas, PixelRect rect)
    {
        int radius = Math.Max(2, Math.Min(rect.Width, rect.Height) / BlurParts);
        var line = new byte[Math.Max(rect.Width, rect.Height) * Channels];
        for (int pass = 0; pass < 3; pass++)
        {
            for (int y = rect.Y; y < rect.Bottom; y++)
            {
                Span<byte> row = canvas.Row(y).Slice(rect.X * Channels, rect.Width * Channels);
                row.CopyTo(line);
                for (int c = 0; c < Channels; c++)
                    Mean(line.AsSpan(c), row[c..], rect.Width, Channels, Channels, radius);
            }

            for (int x = rect.X; x < rect.Right; x++)
            {
                for (int y = 0; y < rect.Height; y++)
                    canvas.Row(rect.Y + y).Slice(x * Channels, Channels).CopyTo(line.AsSpan(y * Channels));
                Span<byte> column = canvas.Pixels[((rect.Y * canvas.Width + x) * Channels)..];
                for (int c = 0; c < Channels; c++)
                    Mean(line.AsSpan(c), column[c..], rect.Height, Channels, canvas.Width * Channels, radius);
            }
        }
    }

    /// <summary>Replaces a rectangle that lies in the image by squares of their mean colors.</summary>
    public static void Pixelate(Canvas canvas, PixelRect rect)
    {
        int side = Math.Max(4, (Math.Min(rect.Width, rect.Height) + Squares - 1) / Squares);
        for (int y = rect.Y; y < rect.Bottom; y += side)
        {
            for (int x = rect.X; x < rect.Right; x += side)
            {
                PixelRect square = new PixelRect(x, y, side, side).Intersect(rect);
                canvas.Fill(square, MeanColor(canvas, square));
            }
        }
    }

    private static Rgb MeanColor(Canvas canvas, PixelRect square)
    {
        long red = 0, green = 0, blue = 0, count = (long)square.Width * square.Height;
        for (int y = square.Y; y < square.Bottom; y++)
        {
            ReadOnlySpan<byte> row = canvas.Row(y).Slice(square.X * Channels, square.Width * Channels);
            for (int i = 0; i < row.Length; i += Channels)
            {
                red += row[i];
                green += row[i + 1];
                blue += row[i + 2];
            }
        }

        return new Rgb((byte)(red / count), (byte)(green / count), (byte)(blue / count));
    }

    // The running mean over 2·radius + 1 samples; beyond the ends the last sample goes on.
    private static void Mean(ReadOnlySpan<byte> from, Span<byte> to, int count, int fromStep, int toStep, int radius)
    {
        int sum = 0, window = 2 * radius + 1, last = count - 1;
        for (int i = -radius; i <= radius; i++)
            sum += from[Math.Clamp(i, 0, last) * fromStep];
        for (int i = 0; i < count; i++)
        {
            to[i * toStep] = (byte)((sum + radius) / window);
            sum += from[Math.Min(i + radius + 1, last) * fromStep] - from[Math.Max(i - radius, 0) * fromStep];
        }
    }
}
