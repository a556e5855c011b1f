namespace RfDetr;

/// <summary>Draws <see cref="StrokeGlyphs"/> with a round pen at any size, antialiased by distance.</summary>
internal static class StrokeFont
{
    /// <summary>Design units of a line: 2 above the capitals, 16 down to the descenders, 2 below.</summary>
    private const float LineUnits = 20, Above = 2, Spacing = 3, PenUnits = 1.7f;

    public static GlyphBitmap Render(string line, int height)
    {
        float scale = height / LineUnits;
        float pen = Math.Max(PenUnits * scale, 1f) / 2;
        float advance = Spacing;
        foreach (char c in line)
            advance += Digit(StrokeGlyphs.Of(c)[0]) + Spacing;
        int width = Math.Max(1, (int)MathF.Ceiling(advance * scale));
        var bitmap = new GlyphBitmap(width, height, new byte[width * height]);
        float x = Spacing * scale;
        foreach (char c in line)
        {
            string glyph = StrokeGlyphs.Of(c);
            DrawGlyph(bitmap, glyph, x, scale, pen);
            x += (Digit(glyph[0]) + Spacing) * scale;
        }

        return bitmap;
    }

    private static void DrawGlyph(GlyphBitmap bitmap, string glyph, float left, float scale, float pen)
    {
        for (int i = 2; i < glyph.Length; i++)
        {
            (float X, float Y) from = Point(glyph, i, left, scale);
            for (i += 2; i < glyph.Length && glyph[i] != ' '; i += 2)
            {
                (float X, float Y) to = Point(glyph, i, left, scale);
                DrawSegment(bitmap, from, to, pen);
                from = to;
            }
        }
    }

    private static void DrawSegment(GlyphBitmap bitmap, (float X, float Y) a, (float X, float Y) b, float pen)
    {
        float reach = pen + 1;
        int x0 = Math.Max((int)(Math.Min(a.X, b.X) - reach), 0);
        int x1 = Math.Min((int)(Math.Max(a.X, b.X) + reach), bitmap.Width - 1);
        int y0 = Math.Max((int)(Math.Min(a.Y, b.Y) - reach), 0);
        int y1 = Math.Min((int)(Math.Max(a.Y, b.Y) + reach), bitmap.Height - 1);
        float dx = b.X - a.X, dy = b.Y - a.Y;
        float squared = dx * dx + dy * dy;
        for (int y = y0; y <= y1; y++)
        {
            for (int x = x0; x <= x1; x++)
            {
                float px = x + 0.5f - a.X, py = y + 0.5f - a.Y;
                float along = squared == 0 ? 0 : Math.Clamp((px * dx + py * dy) / squared, 0, 1);
                float distance = float.Hypot(px - along * dx, py - along * dy);
                byte alpha = (byte)(Math.Clamp(pen + 0.5f - distance, 0, 1) * 255);
                ref byte pixel = ref bitmap.Alpha[y * bitmap.Width + x];
                pixel = Math.Max(pixel, alpha);
            }
        }
    }

    private static (float X, float Y) Point(string glyph, int i, float left, float scale) =>
        (left + Digit(glyph[i]) * scale, (Above + Digit(glyph[i + 1])) * scale);

    private static int Digit(char c) => c <= '9' ? c - '0' : c - 'a' + 10;
}
