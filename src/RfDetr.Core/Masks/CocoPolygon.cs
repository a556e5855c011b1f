namespace RfDetr;

/// <summary>
/// pycocotools' polygon rasterizer: the outline is walked on a grid five times finer than the pixels; each step to another
/// fine column that lies in the middle of a pixel column marks where that column switches between outside and inside.
/// </summary>
/// <remarks>
/// Behavior after <c>rleFrPoly</c> of cocoapi's <c>maskApi.c</c>. Every cast and rounding below decides about pixels;
/// the golden data hold it to that.
/// </remarks>
internal static class CocoPolygon
{
    private const int Fine = 5;

    /// <summary>Far outside any image; keeps fine coordinates within an int.</summary>
    private const double LargestCoordinate = 1 << 26;

    /// <summary>Fine steps along one outline: about a third of a second of work. A honest outline needs some thousands.</summary>
    private const long LargestOutline = 1 << 26;

    public static RleMask Encode(int height, int width, double[] polygon)
    {
        _ = RleMask.CheckSize(height, width);
        Check(polygon);
        List<long> crossings = Crossings(height, width, polygon);
        crossings.Sort();
        var builder = new RleBuilder(height, width, crossings.Count);
        foreach (long crossing in crossings)
            builder.Toggle(crossing);
        return builder.Build();
    }

    private static List<long> Crossings(int height, int width, double[] polygon)
    {
        var crossings = new List<long>();
        int points = polygon.Length / 2;
        int previousU = 0, previousV = 0;
        bool first = true;
        for (int i = 0; i < points; i++)
        {
            int next = (i + 1) % points;
            int x0 = ToFine(polygon[2 * i]), y0 = ToFine(polygon[2 * i + 1]);
            int x1 = ToFine(polygon[2 * next]), y1 = ToFine(polygon[2 * next + 1]);
            int steps = Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0));
            for (int step = 0; step <= steps; step++)
            {
                (int u, int v) = PointOnEdge(x0, y0, x1, y1, step);
                if (!first && u != previousU)
                    AddCrossing(crossings, height, width, previousU, previousV, u, v);
                (previousU, previousV, first) = (u, v, false);
            }
        }

        return crossings;
    }

    /// <summary>
    /// The step-th fine point from the first end; the minor axis is rounded from the end of lower major coordinate.
    /// </summary>
    private static (int U, int V) PointOnEdge(int x0, int y0, int x1, int y1, int step)
    {
        int dx = Math.Abs(x1 - x0), dy = Math.Abs(y1 - y0);
        if (dx == 0 && dy == 0)
            return (x0, y0);
        bool alongX = dx >= dy;
        bool flip = alongX ? x0 > x1 : y0 > y1;
        if (flip)
            (x0, y0, x1, y1) = (x1, y1, x0, y0);
        int t = flip ? Math.Max(dx, dy) - step : step;
        double slope = alongX ? (double)(y1 - y0) / dx : (double)(x1 - x0) / dy;
        return alongX
            ? (t + x0, (int)(y0 + slope * t + .5))
            : ((int)(x0 + slope * t + .5), t + y0);
    }

    private static void AddCrossing(List<long> crossings, int height, int width, int u0, int v0, int u1, int v1)
    {
        double x = ((u1 < u0 ? u1 : u1 - 1) + .5) / Fine - .5;
        if (Math.Floor(x) != x || x < 0 || x > width - 1)
            return;
        double y = (Math.Min(v0, v1) + .5) / Fine - .5;
        crossings.Add((long)x * height + (long)Math.Ceiling(Math.Clamp(y, 0, height)));
    }

    private static int ToFine(double coordinate) => (int)(Fine * coordinate + .5);

    private static void Check(double[] polygon)
    {
        if (polygon is null || polygon.Length < 6 || polygon.Length % 2 != 0)
            throw new AnnotationFormatException(
                $"A polygon has {polygon?.Length ?? 0} numbers; it needs an even number of at least 6 (x and y of three "
                    + $"points).");
        long outline = 0;
        for (int i = 0; i < polygon.Length; i++)
        {
            if (!(Math.Abs(polygon[i]) <= LargestCoordinate))
                throw new AnnotationFormatException(
                    $"Coordinate {i} of a polygon is {polygon[i]}; it must be a finite number of pixels within "
                        + $"±{LargestCoordinate}.");
            double next = polygon[(i + 2) % polygon.Length];
            outline += (long)(Fine * Math.Min(Math.Abs(next - polygon[i]), 2 * LargestCoordinate)) + 1;
        }

        if (outline > LargestOutline)
            throw new AnnotationFormatException(
                $"The outline of a polygon is about {outline / Fine} pixels long; at most {LargestOutline / Fine} are "
                    + $"accepted. Check that its coordinates are pixels.");
    }
}
