namespace RfDetr.Tracking;

/// <summary>Exact even-odd geometry of a polygon.</summary>
internal sealed class PolygonGeometry
{
    private readonly Point2[] _corners;

    /// <summary>A polygon by its corners in order; the last is joined to the first.</summary>
    /// <exception cref="ArgumentException">
    /// There are fewer than three corners, one is not finite, or all lie on one line.
    /// </exception>
    public PolygonGeometry(string name, IReadOnlyList<(double X, double Y)> corners)
    {
        ArgumentNullException.ThrowIfNull(corners);
        if (corners.Count < 3)
            throw new ArgumentException(
                $"The zone '{name}' has {corners.Count} corners; a polygon has at least 3.", nameof(corners));
        for (int i = 0; i < corners.Count; i++)
        {
            if (!double.IsFinite(corners[i].X) || !double.IsFinite(corners[i].Y))
            {
                throw new ArgumentException(
                    $"Corner {i} of the zone '{name}' is ({corners[i].X}, {corners[i].Y}); both numbers must be finite.",
                    nameof(corners));
            }

        }

        _corners = [.. corners.Select(c => new Point2(c.X, c.Y))];
        if (_corners.All(c => LineGeometry.Cross(_corners[0], Farthest(_corners[0]), c) == 0))
            throw new ArgumentException($"All corners of the zone '{name}' lie on one line; it has no area.", nameof(corners));
    }

    /// <summary>True if a point is inside or on the border.</summary>
    public bool Contains(Point2 point)
    {
        bool inside = false;
        for (int i = 0, j = _corners.Length - 1; i < _corners.Length; j = i++)
        {
            (Point2 a, Point2 b) = (_corners[j], _corners[i]);
            double side = LineGeometry.Cross(a, b, point);
            if (side == 0 && point.X >= Math.Min(a.X, b.X) && point.X <= Math.Max(a.X, b.X)
                && point.Y >= Math.Min(a.Y, b.Y) && point.Y <= Math.Max(a.Y, b.Y))
            {
                return true;
            }

            // A ray to the right meets the edge: each edge owns its upper end only, so a corner is met once.
            if (a.Y > point.Y != b.Y > point.Y && side > 0 == b.Y > a.Y && side != 0)
                inside = !inside;
        }

        return inside;
    }

    private Point2 Farthest(Point2 from) =>
        _corners.MaxBy(c => (c.X - from.X) * (c.X - from.X) + (c.Y - from.Y) * (c.Y - from.Y));
}
