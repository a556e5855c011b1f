namespace RfDetr;

/// <summary>Draws the text of labels on plates of the class's color, in black or white, whichever reads better.</summary>
internal static class LabelPainter
{
    /// <summary>A label with its place.</summary>
    internal readonly record struct Plate(PixelRect Rect, GlyphBitmap Text, Rgb Color);

    /// <summary>Renders a label and finds its place.</summary>
    public static Plate Layout(
        LabelPlacer placer, PixelRect box, string label, Rgb color, int textHeight, ILabelRenderer renderer)
    {
        GlyphBitmap text = renderer.Render(label, textHeight);
        (int padX, int padY) = Padding(textHeight);
        return new Plate(placer.Place(box, text.Width + 2 * padX, text.Height + 2 * padY), text, color);
    }

    /// <summary>Draws a plate; what does not fit into the image is cut.</summary>
    public static void Draw(Canvas canvas, Plate plate, int textHeight)
    {
        canvas.Fill(plate.Rect, plate.Color);
        Rgb ink = plate.Color.ReadableText;
        (int padX, int padY) = Padding(textHeight);
        int left = plate.Rect.X + padX, top = plate.Rect.Y + padY;
        for (int y = 0; y < Math.Min(plate.Text.Height, canvas.Height - top); y++)
        {
            ReadOnlySpan<byte> alpha = plate.Text.Alpha.AsSpan(y * plate.Text.Width, plate.Text.Width);
            for (int x = 0; x < Math.Min(alpha.Length, canvas.Width - left); x++)
            {
                if (alpha[x] != 0)
                    canvas.Blend(left + x, top + y, ink, (alpha[x] * 257 + 128) >> 8);
            }
        }
    }

    private static (int X, int Y) Padding(int textHeight) => (Math.Max(2, textHeight / 4), Math.Max(1, textHeight / 8));
}
