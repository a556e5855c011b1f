namespace RfDetr;

/// <summary>Draws masks: a tint over their pixels and an outline just inside their border.</summary>
internal static class MaskPainter
{
    public static void Draw(Canvas canvas, RleMask mask, Rgb color, DrawOptions options, float lineWidth)
    {
        PixelRect window = mask.BoundingBox;
        if (window.IsEmpty)
            return;
        BitMask pixels = mask.Decode(window);
        if (options.MaskOpacity > 0)
            Tint(canvas, pixels, window, color, options.MaskOpacity);
        if (options.Contours)
            Outline(canvas, pixels, window, color, Math.Max(1, (int)MathF.Round(lineWidth)));
    }

    private static void Tint(Canvas canvas, BitMask mask, PixelRect window, Rgb color, float opacity)
    {
        // All 256 results per channel once; then a pixel is three look-ups.
        int coverage = (int)(opacity * 256 + 0.5f);
        Span<byte> red = stackalloc byte[256], green = stackalloc byte[256], blue = stackalloc byte[256];
        for (int value = 0; value < 256; value++)
        {
            red[value] = Canvas.Mix(value, color.R, coverage);
            green[value] = Canvas.Mix(value, color.G, coverage);
            blue[value] = Canvas.Mix(value, color.B, coverage);
        }

        for (int y = 0; y < window.Height; y++)
        {
            Span<byte> row = canvas.Row(window.Y + y).Slice(window.X * 3, window.Width * 3);
            for (int x = 0; ByteRows.NextRun(mask.Row(y), x, out int start, out x);)
            {
                Span<byte> run = row[(start * 3)..(x * 3)];
                for (int i = 0; i + 2 < run.Length; i += 3)
                {
                    run[i] = red[run[i]];
                    run[i + 1] = green[run[i + 1]];
                    run[i + 2] = blue[run[i + 2]];
                }
            }
        }
    }

    private static void Outline(Canvas canvas, BitMask mask, PixelRect window, Rgb color, int width)
    {
        BitMask outline = MaskErosion.Erode(mask, width);
        ByteRows.Xor(outline.Pixels, mask.Pixels);
        for (int y = 0; y < window.Height; y++)
        {
            for (int x = 0; ByteRows.NextRun(outline.Row(y), x, out int start, out x);)
                canvas.Fill(new PixelRect(window.X + start, window.Y + y, x - start, 1), color);
        }
    }
}
