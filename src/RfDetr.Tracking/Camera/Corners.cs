namespace RfDetr.Tracking;

/// <summary>Points whose surroundings change in every direction, so that their displacement can be found.</summary>
internal static class Corners
{
    private const int Cell = 14;
    private const int Margin = 6;
    private const int Window = 2;

    // The smaller eigenvalue of the structure tensor of a corner, per pixel; noise of a gray level or two stays below.
    private const double LeastStrength = 4;

    /// <summary>The strongest corner of each cell of a grid (J. Shi and C. Tomasi, "Good features to track", 1994).</summary>
    /// <param name="image">The image.</param>
    /// <param name="isExcluded">True if a point belongs to something that moves by itself.</param>
    public static List<Point2> Find(GrayLevel image, Predicate<Point2> isExcluded)
    {
        var corners = new List<Point2>();
        for (int top = Margin; top + Cell <= image.Height - Margin; top += Cell)
        {
            for (int left = Margin; left + Cell <= image.Width - Margin; left += Cell)
            {
                (double strength, Point2 at) = (LeastStrength, default);
                for (int y = top; y < top + Cell; y += 2)
                {
                    for (int x = left; x < left + Cell; x += 2)
                    {
                        double found = Strength(image, x, y);
                        if (found > strength && !isExcluded(new Point2(x, y)))
                            (strength, at) = (found, new Point2(x, y));
                    }
                }

                if (strength > LeastStrength)
                    corners.Add(at);
            }
        }

        return corners;
    }

    private static double Strength(GrayLevel image, int x, int y)
    {
        double xx = 0, xy = 0, yy = 0;
        for (int v = y - Window; v <= y + Window; v++)
        {
            for (int u = x - Window; u <= x + Window; u++)
            {
                double gx = (image[u + 1, v] - image[u - 1, v]) / 2, gy = (image[u, v + 1] - image[u, v - 1]) / 2;
                (xx, xy, yy) = (xx + gx * gx, xy + gx * gy, yy + gy * gy);
            }
        }

        double half = (xx + yy) / 2;
        return (half - Math.Sqrt((xx - yy) * (xx - yy) / 4 + xy * xy)) / ((2 * Window + 1) * (2 * Window + 1));
    }
}
