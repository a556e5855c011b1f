namespace RfDetr;

/// <summary>One closed border of a mask, at least three points, in the direction that tells what it is.</summary>
/// <param name="Points">Pixel centers; the last connects to the first.</param>
/// <param name="IsHole">True if it surrounds background.</param>
/// <param name="Area">Area inside the line through the pixel centers, in square pixels, not negative.</param>
internal sealed record PolygonRing(IReadOnlyList<PixelPoint> Points, bool IsHole, double Area);

/// <summary>
/// Borders of a mask as result files hold them: outer borders run clockwise as seen (the y axis points down), holes the other way
/// round. So a program that fills by the non-zero or the even-odd rule shows holes, and one that unites the polygons, as COCO's
/// tools do, gets the filled outlines. Parts of one pixel or one straight line have no area and are left out; the mask has them.
/// </summary>
internal static class PolygonRings
{
    public static IEnumerable<PolygonRing> Of(Detection detection)
    {
        foreach (MaskPolygon polygon in detection.Polygons())
        {
            if (polygon.Points.Count < 3)
                continue;
            double area = SignedArea(polygon.Points);
            IReadOnlyList<PixelPoint> points = area < 0 == polygon.IsHole ? polygon.Points : [.. polygon.Points.Reverse()];
            yield return new(points, polygon.IsHole, Math.Abs(area));
        }
    }

    /// <summary>The shoelace formula; positive for clockwise as seen, because y points down.</summary>
    internal static double SignedArea(IReadOnlyList<PixelPoint> points)
    {
        long twice = 0;
        for (int i = 0; i < points.Count; i++)
        {
            PixelPoint a = points[i], b = points[(i + 1) % points.Count];
            twice += (long)a.X * b.Y - (long)b.X * a.Y;
        }

        return twice / 2.0;
    }
}
