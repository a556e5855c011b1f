namespace RfDetr;

/// <summary>Draws the outlines of boxes, anti-aliased by exact pixel coverage.</summary>
internal static class BoxPainter
{
    /// <summary>Length of a corner mark as a share of the shorter side.</summary>
    private const float CornerPart = 0.2f;

    /// <summary>
    /// Draws a box whose edges lie within the canvas; the line is centered on the edge but stays inside the image.
    /// </summary>
    public static void Draw(Canvas canvas, BoxXyxy box, BoxStyle style, float lineWidth, Rgb color)
    {
        float half = lineWidth / 2;
        BoxXyxy outer = new BoxXyxy(box.X1 - half, box.Y1 - half, box.X2 + half, box.Y2 + half)
            .Clamp(canvas.Width, canvas.Height);
        var inner = new BoxXyxy(outer.X1 + lineWidth, outer.Y1 + lineWidth, outer.X2 - lineWidth, outer.Y2 - lineWidth);
        float corner = style == BoxStyle.Corners
            ? MathF.Max(3 * lineWidth, CornerPart * MathF.Min(outer.Width, outer.Height))
            : float.PositiveInfinity;

        PixelRect rect = outer.ToPixelRect(canvas.Width, canvas.Height);
        for (int y = rect.Y; y < rect.Bottom; y++)
        {
            float outerRow = Coverage(y, outer.Y1, outer.Y2), innerRow = Coverage(y, inner.Y1, inner.Y2);
            bool nearRowEnd = MathF.Min(y + 0.5f - outer.Y1, outer.Y2 - y - 0.5f) <= corner;
            if (!nearRowEnd)
                continue;
            for (int x = rect.X; x < rect.Right; x++)
            {
                float innerColumn = Coverage(x, inner.X1, inner.X2);
                if (innerRow >= 1 && innerColumn >= 1)
                {
                    x = Math.Max(x, (int)inner.X2 - 1); // nothing of the line between its left and right bar
                    continue;
                }

                float coverage = outerRow * Coverage(x, outer.X1, outer.X2) - innerRow * innerColumn;
                if (coverage > 0 && MathF.Min(x + 0.5f - outer.X1, outer.X2 - x - 0.5f) <= corner)
                    canvas.Blend(x, y, color, (int)(coverage * 256 + 0.5f));
            }
        }
    }

    /// <summary>The share of pixel <paramref name="at"/> that lies in [first, last], 0..1.</summary>
    private static float Coverage(int at, float first, float last) =>
        MathF.Max(0, MathF.Min(at + 1, last) - MathF.Max(at, first));
}
