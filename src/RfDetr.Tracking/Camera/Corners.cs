using System.Runtime.Intrinsics;

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
        int width = Math.Max(0, image.Width - 2 * Margin);
        var tensors = new Tensors(width);
        double[] strengths = new double[width * (Cell / 2)];
        for (int top = Margin; top + Cell <= image.Height - Margin; top += Cell)
        {
            for (int y = 0; y < Cell; y += 2)
                tensors.Strengths(image, top + y, strengths.AsSpan(y / 2 * width, width));
            for (int left = Margin; left + Cell <= image.Width - Margin; left += Cell)
            {
                (double strength, Point2 at) = (LeastStrength, default);
                for (int y = 0; y < Cell; y += 2)
                {
                    for (int x = left; x < left + Cell; x += 2)
                    {
                        double found = strengths[y / 2 * width + x - Margin];
                        if (found > strength && !isExcluded(new Point2(x, top + y)))
                            (strength, at) = (found, new Point2(x, top + y));
                    }
                }

                if (strength > LeastStrength)
                    corners.Add(at);
            }
        }

        return corners;
    }

    /// <summary>Structure tensors along a row, summed over windows: by column first, then along the row.</summary>
    private sealed class Tensors(int width)
    {
        // Columns of the windows of all points of a row.
        private readonly float[] _xx = new float[width + 2 * Window], _xy = new float[width + 2 * Window];
        private readonly float[] _yy = new float[width + 2 * Window];

        /// <summary>Strengths of every second point of row <paramref name="y"/>, from column Margin.</summary>
        public void Strengths(GrayLevel image, int y, Span<double> strengths)
        {
            int columns = _xx.Length, first = Margin - Window;
            Array.Clear(_xx);
            Array.Clear(_xy);
            Array.Clear(_yy);
            for (int v = y - Window; v <= y + Window; v++)
            {
                ReadOnlySpan<float> row = image.Row(first - 1, v, columns + 2);
                ReadOnlySpan<float> above = image.Row(first, v - 1, columns), below = image.Row(first, v + 1, columns);
                int u = 0;
                for (; u <= columns - Vector256<float>.Count; u += Vector256<float>.Count)
                {
                    Vector256<float> gx = (GrayLevel.At(row, u + 2) - GrayLevel.At(row, u)) / 2;
                    Vector256<float> gy = (GrayLevel.At(below, u) - GrayLevel.At(above, u)) / 2;
                    (GrayLevel.At(_xx, u) + gx * gx).CopyTo(_xx, u);
                    (GrayLevel.At(_xy, u) + gx * gy).CopyTo(_xy, u);
                    (GrayLevel.At(_yy, u) + gy * gy).CopyTo(_yy, u);
                }

                for (; u < columns; u++)
                {
                    float gx = (row[u + 2] - row[u]) / 2, gy = (below[u] - above[u]) / 2;
                    _xx[u] += gx * gx;
                    _xy[u] += gx * gy;
                    _yy[u] += gy * gy;
                }
            }

            for (int x = 0; x < strengths.Length; x += 2)
            {
                double xx = 0, xy = 0, yy = 0;
                for (int u = x; u <= x + 2 * Window; u++)
                    (xx, xy, yy) = (xx + _xx[u], xy + _xy[u], yy + _yy[u]);
                double half = (xx + yy) / 2;
                strengths[x] = (half - Math.Sqrt((xx - yy) * (xx - yy) / 4 + xy * xy)) / ((2 * Window + 1) * (2 * Window + 1));
            }
        }
    }
}
