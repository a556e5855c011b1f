namespace RfDetr;

/// <summary>
/// Fills polygons whose vertices are pixel centers, the inverse of <see cref="PolygonTracer"/>.
/// </summary>
/// <remarks>
/// Fill rule: a pixel is mask if its center lies inside or on an outer polygon and not strictly inside one of that
/// polygon's holes. Inside is the even-odd rule. (COCO's rule is another one, <see cref="RleMask.FromPolygons"/>: it treats
/// coordinates as pixel corners, and loses half a pixel all round on traced polygons.)
/// </remarks>
internal static class PolygonFill
{
    private const int LargestCoordinate = 1 << 26;

    /// <summary>Rasterizes outer polygons less their holes.</summary>
    /// <param name="polygons">
    /// As <see cref="PolygonTracer.Trace(RleMask, double)"/> gives them; parts beyond the mask are cut.
    /// </param>
    /// <param name="height">Rows of the mask.</param>
    /// <param name="width">Columns of the mask.</param>
    /// <exception cref="ArgumentException">
    /// A hole's parent is not an outer polygon of the list, a polygon has no or absurd points, or the size is not possible.
    /// </exception>
    public static BitMask Fill(IReadOnlyList<MaskPolygon> polygons, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        var result = new BitMask(height, width);
        var part = new BitMask(height, width);
        Check(polygons);
        ILookup<int, MaskPolygon> holes = polygons.Where(polygon => polygon.IsHole).ToLookup(hole => hole.Parent);
        for (int i = 0; i < polygons.Count; i++)
        {
            if (polygons[i].IsHole)
                continue;
            part.Pixels.Clear();
            FillClosed(part, polygons[i].Points);
            foreach (MaskPolygon hole in holes[i])
                ClearOpen(part, hole.Points);
            for (int p = 0; p < part.Pixels.Length; p++)
                result.Pixels[p] |= part.Pixels[p];
        }

        return result;
    }

    private static void FillClosed(BitMask mask, IReadOnlyList<PixelPoint> points)
    {
        FillInside(mask, points, 1);
        VisitOutline(mask, points, (y, x) => mask.Row(y)[x] = 1);
    }

    /// <summary>Clears the inside but leaves the outline's own pixels as they were.</summary>
    private static void ClearOpen(BitMask mask, IReadOnlyList<PixelPoint> points)
    {
        var outline = new List<(int Y, int X, byte Before)>();
        VisitOutline(mask, points, (y, x) => outline.Add((y, x, mask.Row(y)[x])));
        FillInside(mask, points, 0);
        foreach ((int y, int x, byte before) in outline)
            mask.Row(y)[x] = before;
    }

    /// <summary>Even-odd by rows; pixels exactly on the outline may fall either way.</summary>
    private static void FillInside(BitMask mask, IReadOnlyList<PixelPoint> points, byte value)
    {
        int top = Math.Max(points.Min(p => p.Y), 0), bottom = Math.Min(points.Max(p => p.Y), mask.Height - 1);
        var crossings = new List<double>();
        for (int y = top; y <= bottom; y++)
        {
            crossings.Clear();
            for (int i = 0; i < points.Count; i++)
            {
                PixelPoint a = points[i], b = points[(i + 1) % points.Count];
                if (a.Y <= y != b.Y <= y) // an edge owns its upper end only
                    crossings.Add(a.X + (double)(y - a.Y) * (b.X - a.X) / (b.Y - a.Y));
            }

            crossings.Sort();
            for (int i = 0; i + 1 < crossings.Count; i += 2)
            {
                int first = (int)Math.Max(Math.Ceiling(crossings[i]), 0);
                int last = (int)Math.Min(Math.Floor(crossings[i + 1]), mask.Width - 1);
                if (first <= last)
                    mask.Row(y)[first..(last + 1)].Fill(value);
            }
        }
    }

    /// <summary>All pixels whose center lies exactly on an edge.</summary>
    private static void VisitOutline(BitMask mask, IReadOnlyList<PixelPoint> points, Action<int, int> visit)
    {
        for (int i = 0; i < points.Count; i++)
        {
            PixelPoint a = points[i], b = points[(i + 1) % points.Count];
            int steps = Math.Max(GreatestCommonDivisor(Math.Abs(b.X - a.X), Math.Abs(b.Y - a.Y)), 1);
            int dx = (b.X - a.X) / steps, dy = (b.Y - a.Y) / steps;
            for (int step = 0; step < steps; step++)
            {
                int x = a.X + step * dx, y = a.Y + step * dy;
                if (x >= 0 && x < mask.Width && y >= 0 && y < mask.Height)
                    visit(y, x);
            }
        }
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }

    private static void Check(IReadOnlyList<MaskPolygon> polygons)
    {
        for (int i = 0; i < polygons.Count; i++)
        {
            int parent = polygons[i].Parent;
            if (polygons[i].IsHole && (parent < 0 || parent >= polygons.Count || polygons[parent].IsHole))
                throw new ArgumentException(
                    $"Polygon {i} of {polygons.Count} is a hole and names {parent} as its parent, which is not an outer polygon.",
                    nameof(polygons));
            if (polygons[i].Points.Count == 0)
                throw new ArgumentException($"Polygon {i} has no points; it needs at least one.", nameof(polygons));
            foreach (PixelPoint point in polygons[i].Points)
            {
                if (Math.Max(Math.Abs((long)point.X), Math.Abs((long)point.Y)) > LargestCoordinate)
                    throw new ArgumentException(
                        $"Polygon {i} has the point ({point.X}, {point.Y}); coordinates are pixels within ±{LargestCoordinate}.",
                        nameof(polygons));
            }
        }
    }
}
