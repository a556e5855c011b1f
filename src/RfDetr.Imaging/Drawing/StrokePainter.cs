namespace RfDetr;

/// <summary>Draws straight lines with round ends, anti-aliased by their distance from the middle of the line.</summary>
internal static class StrokePainter
{
    /// <summary>Draws a line; parts beyond the image are cut off.</summary>
    /// <param name="canvas">The image; changed in place.</param>
    /// <param name="from">The beginning, in pixels.</param>
    /// <param name="to">The end, in pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="color">The color.</param>
    /// <param name="opacity">Opacity, 0 to 1.</param>
    public static void Line(
        Canvas canvas, (double X, double Y) from, (double X, double Y) to, double width, Rgb color, double opacity = 1)
    {
        if (!double.IsFinite(from.X + from.Y + to.X + to.Y) || Cut(canvas, ref from, ref to, width) is false)
            return;
        double half = width / 2, dx = to.X - from.X, dy = to.Y - from.Y, length = dx * dx + dy * dy;
        int top = (int)Math.Max(0, Math.Min(from.Y, to.Y) - half - 1);
        int bottom = (int)Math.Min(canvas.Height - 1, Math.Max(from.Y, to.Y) + half + 1);
        for (int y = top; y <= bottom; y++)
        {
            (double first, double last) = Span(from, to, y + 0.5, half + 1);
            int left = (int)Math.Max(0, first), right = (int)Math.Min(canvas.Width - 1, last);
            for (int x = left; x <= right; x++)
            {
                double px = x + 0.5 - from.X, py = y + 0.5 - from.Y;
                double along = length > 0 ? Math.Clamp((px * dx + py * dy) / length, 0, 1) : 0;
                double distance = Math.Sqrt(Square(px - along * dx) + Square(py - along * dy));
                double coverage = Math.Clamp(half + 0.5 - distance, 0, 1) * opacity;
                if (coverage > 0)
                    canvas.Blend(x, y, color, (int)(coverage * 256 + 0.5));
            }
        }
    }

    /// <summary>Draws lines from point to point, and from the last to the first if the outline is closed.</summary>
    public static void Outline(
        Canvas canvas, IReadOnlyList<(double X, double Y)> points, bool closed, double width, Rgb color, double opacity = 1)
    {
        for (int i = closed ? 0 : 1; i < points.Count; i++)
            Line(canvas, points[i == 0 ? points.Count - 1 : i - 1], points[i], width, color, opacity);
    }

    // The columns in which a row comes near the line.
    private static (double First, double Last) Span((double X, double Y) from, (double X, double Y) to, double y, double reach)
    {
        double dy = to.Y - from.Y, least = Math.Min(from.X, to.X) - reach, most = Math.Max(from.X, to.X) + reach;
        if (Math.Abs(dy) < 1e-9)
            return (least, most);
        double a = At(y - reach), b = At(y + reach);
        return (Math.Max(least, Math.Min(a, b) - reach), Math.Min(most, Math.Max(a, b) + reach));

        double At(double row) => from.X + (to.X - from.X) * Math.Clamp((row - from.Y) / dy, 0, 1);
    }

    // Liang and Barsky's: the part of the line that can be seen; false if there is none.
    private static bool Cut(Canvas canvas, ref (double X, double Y) from, ref (double X, double Y) to, double width)
    {
        double begin = 0, end = 1, dx = to.X - from.X, dy = to.Y - from.Y;
        ReadOnlySpan<(double Step, double Room)> sides =
        [
            (-dx, from.X + width), (dx, canvas.Width + width - from.X),
            (-dy, from.Y + width), (dy, canvas.Height + width - from.Y),
        ];
        foreach ((double step, double room) in sides)
        {
            if (step == 0 && room < 0)
                return false;
            if (step < 0)
                begin = Math.Max(begin, room / step);
            else if (step > 0)
                end = Math.Min(end, room / step);
        }

        if (begin > end)
            return false;
        (from, to) = ((from.X + begin * dx, from.Y + begin * dy), (from.X + end * dx, from.Y + end * dy));
        return true;
    }

    private static double Square(double value) => value * value;
}
