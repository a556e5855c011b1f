namespace RfDetr.Vision;

/// <summary>Draws masks: a tint over their pixels and an outline just inside their border.</summary>
internal static class MaskPainter
{
    public static void Draw(Canvas canvas, RleMask mask, Rgb colour, DrawOptions options, float lineWidth)
    {
        PixelRect window = mask.BoundingBox;
        if (window.IsEmpty)
            return;
        BitMask pixels = mask.Decode(window);
        if (options.MaskOpacity > 0)
            Tint(canvas, pixels, window, colour, options.MaskOpacity);
        if (options.Contours)
            Outline(canvas, pixels, window, colour, Math.Max(1, (int)MathF.Round(lineWidth)));
    }

    private static void Tint(Canvas canvas, BitMask mask, PixelRect window, Rgb colour, float opacity)
    {
        // All 256 results per channel once; then a pixel is three look-ups.
        int coverage = (int)(opacity * 256 + 0.5f);
        Span<byte> red = stackalloc byte[256], green = stackalloc byte[256], blue = stackalloc byte[256];
        for (int value = 0; value < 256; value++)
        {
            red[value] = Canvas.Mix(value, colour.R, coverage);
            green[value] = Canvas.Mix(value, colour.G, coverage);
            blue[value] = Canvas.Mix(value, colour.B, coverage);
        }

        for (int y = 0; y < window.Height; y++)
        {
            ReadOnlySpan<byte> inside = mask.Row(y);
            Span<byte> row = canvas.Row(window.Y + y).Slice(window.X * 3, window.Width * 3);
            for (int x = 0; x < inside.Length; x++)
            {
                if (inside[x] == 0)
                    continue;
                Span<byte> pixel = row.Slice(x * 3, 3);
                pixel[0] = red[pixel[0]];
                pixel[1] = green[pixel[1]];
                pixel[2] = blue[pixel[2]];
            }
        }
    }

    private static void Outline(Canvas canvas, BitMask mask, PixelRect window, Rgb colour, int width)
    {
        BitMask core = Erode(mask, width);
        for (int y = 0; y < window.Height; y++)
        {
            ReadOnlySpan<byte> inside = mask.Row(y), deep = core.Row(y);
            for (int x = 0; x < inside.Length; x++)
            {
                if (inside[x] > deep[x])
                    canvas[window.X + x, window.Y + y] = colour;
            }
        }
    }

    /// <summary>The pixels with nothing but mask in the square of 2·radius+1 around them; beyond the window is background.</summary>
    private static BitMask Erode(BitMask mask, int radius)
    {
        var core = new BitMask(mask.Height, mask.Width);
        var below = new int[mask.Width];    // how many rows in a row, up to this one, passed the test along x
        int side = 2 * radius + 1;
        for (int y = 0; y < mask.Height; y++)
        {
            ReadOnlySpan<byte> row = mask.Row(y);
            int run = 0;
            for (int x = 0; x < row.Length + radius; x++)
            {
                run = x < row.Length && row[x] != 0 ? run + 1 : 0;
                int centre = x - radius;
                if (centre < 0)
                    continue;
                below[centre] = run >= side ? below[centre] + 1 : 0;
                if (below[centre] >= side)
                    core[y - radius, centre] = true;
            }
        }

        return core;
    }
}
