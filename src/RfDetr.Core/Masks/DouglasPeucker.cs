namespace RfDetr;

/// <summary>
/// Polygon simplification after Douglas and Peucker: drops vertices nearer than a tolerance to the outline that stays.
/// </summary>
internal static class DouglasPeucker
{
    /// <summary>Simplifies a closed polygon; keeps at least its first vertex and the one farthest from it.</summary>
    public static IReadOnlyList<PixelPoint> Simplify(IReadOnlyList<PixelPoint> points, double epsilon)
    {
        if (points.Count <= 3)
            return points;

        int far = 0;
        for (int i = 1; i < points.Count; i++)
        {
            if (SquaredDistance(points[i], points[0]) > SquaredDistance(points[far], points[0]))
                far = i;
        }

        var keep = new bool[points.Count + 1];
        keep[0] = keep[far] = true;
        var open = new Stack<(int First, int Last)>();
        open.Push((0, far));
        open.Push((far, points.Count)); // the closing vertex is the first again
        while (open.TryPop(out (int First, int Last) range))
        {
            PixelPoint a = points[range.First], b = points[range.Last % points.Count];
            double largest = epsilon * epsilon;
            int split = -1;
            for (int i = range.First + 1; i < range.Last; i++)
            {
                double distance = SquaredDistanceToSegment(points[i], a, b);
                if (distance > largest)
                    (largest, split) = (distance, i);
            }

            if (split < 0)
                continue;
            keep[split] = true;
            open.Push((range.First, split));
            open.Push((split, range.Last));
        }

        return [.. points.Where((_, i) => keep[i])];
    }

    private static double SquaredDistance(PixelPoint a, PixelPoint b)
    {
        double dx = a.X - b.X, dy = a.Y - b.Y;
        return dx * dx + dy * dy;
    }

    private static double SquaredDistanceToSegment(PixelPoint p, PixelPoint a, PixelPoint b)
    {
        double length = SquaredDistance(a, b);
        if (length == 0)
            return SquaredDistance(p, a);
        double dx = b.X - a.X, dy = b.Y - a.Y;
        double t = Math.Clamp(((p.X - a.X) * dx + (p.Y - a.Y) * dy) / length, 0, 1);
        double ex = a.X + t * dx - p.X, ey = a.Y + t * dy - p.Y;
        return ex * ex + ey * ey;
    }
}
