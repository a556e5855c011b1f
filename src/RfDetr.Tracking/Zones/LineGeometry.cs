namespace RfDetr.Tracking;

/// <summary>Sides, distances and intersections of segments; y points down.</summary>
internal static class LineGeometry
{
    /// <summary>Cross product of start→end and start→point: below 0 if the point is left of the line.</summary>
    public static double Cross(Point2 start, Point2 end, Point2 point) =>
        (end.X - start.X) * (point.Y - start.Y) - (end.Y - start.Y) * (point.X - start.X);

    /// <summary>Distance of a point from the infinite line; below 0 on its left.</summary>
    public static double Distance(Point2 start, Point2 end, Point2 point)
    {
        Point2 way = end - start;
        return Cross(start, end, point) / Math.Sqrt(way.X * way.X + way.Y * way.Y);
    }

    /// <summary>
    /// True if the step <paramref name="from"/>→<paramref name="to"/> changes sides of the line within its segment, ends
    /// included. A point on the line belongs to the right side, so a way that touches the line and turns back crosses it twice or
    /// not at all.
    /// </summary>
    public static bool Crosses(Point2 start, Point2 end, Point2 from, Point2 to)
    {
        double before = Cross(start, end, from), after = Cross(start, end, to);
        if (before < 0 == after < 0)
            return false;
        Point2 way = end - start, at = from + before / (before - after) * (to - from) - start;
        double along = at.X * way.X + at.Y * way.Y;
        return along >= 0 && along <= way.X * way.X + way.Y * way.Y;
    }

    /// <summary>Refuses a line without length.</summary>
    /// <exception cref="ArgumentException">It has none, or a coordinate is not finite.</exception>
    public static void RequireLine(string name, double startX, double startY, double endX, double endY)
    {
        if (!double.IsFinite(startX) || !double.IsFinite(startY) || !double.IsFinite(endX) || !double.IsFinite(endY))
            throw new ArgumentException(
                $"The line '{name}' goes from ({startX}, {startY}) to ({endX}, {endY}); all four numbers must be finite.");
        if (startX == endX && startY == endY)
            throw new ArgumentException($"The line '{name}' starts and ends at ({startX}, {startY}); give two different points.");
    }
}
