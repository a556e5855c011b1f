namespace RfDetr.Tracking;

/// <summary>
/// Finds where a point went, from coarse to fine (B. Lucas and T. Kanade, 1981; J.-Y. Bouguet, "Pyramidal implementation of the
/// Lucas Kanade feature tracker", 2000).
/// </summary>
internal sealed class Displacement(GrayPyramid from, GrayPyramid to)
{
    private const int Radius = 4;
    private const int Side = 2 * Radius + 1;
    private const int MostSteps = 8;
    private const double Settled = 0.02;

    // Mean absolute difference of gray levels beyond which the surroundings are not the same.
    private const double LargestDifference = 20;

    private readonly float[] _values = new float[Side * Side], _gx = new float[Side * Side], _gy = new float[Side * Side];

    /// <summary>The place of a point of the finest level in the other image; null if it cannot be found.</summary>
    /// <param name="point">The point in the first image.</param>
    /// <param name="start">The displacement that is expected, to begin with.</param>
    public Point2? Find(Point2 point, Point2 start)
    {
        Point2 shift = start;
        for (int level = from.Levels.Count - 1; level >= 0; level--)
        {
            double scale = Math.Pow(2, -level);

            // Centers of pixels: level l's pixel u covers the finest level's around (u + ½)·2^l − ½.
            var at = new Point2((point.X + 0.5) * scale - 0.5, (point.Y + 0.5) * scale - 0.5);
            if (Refine(from.Levels[level], to.Levels[level], at, scale * shift) is { } refined)
                shift = 1 / scale * refined;
            else if (level == 0)
                return null;
        }

        return point + shift;
    }

    private Point2? Refine(GrayLevel a, GrayLevel b, Point2 at, Point2 shift)
    {
        if (!a.Holds(at, Radius + 1))
            return null;
        double xx = 0, xy = 0, yy = 0;
        for (int i = 0; i < Side * Side; i++)
        {
            (double x, double y) = (at.X + i % Side - Radius, at.Y + i / Side - Radius);
            _values[i] = a.Sample(x, y);
            (float gx, float gy) = ((a.Sample(x + 1, y) - a.Sample(x - 1, y)) / 2, (a.Sample(x, y + 1) - a.Sample(x, y - 1)) / 2);
            (_gx[i], _gy[i]) = (gx, gy);
            (xx, xy, yy) = (xx + gx * gx, xy + gx * gy, yy + gy * gy);
        }

        double determinant = xx * yy - xy * xy;
        if (determinant < Side * Side)
            return null;
        double difference = double.PositiveInfinity;
        for (int step = 0; step < MostSteps; step++)
        {
            Point2 there = at + shift;
            if (!b.Holds(there, Radius))
                return null;
            double bx = 0, by = 0;
            difference = 0;
            for (int i = 0; i < Side * Side; i++)
            {
                double error = _values[i] - b.Sample(there.X + i % Side - Radius, there.Y + i / Side - Radius);
                (bx, by, difference) = (bx + error * _gx[i], by + error * _gy[i], difference + Math.Abs(error));
            }

            var move = new Point2((yy * bx - xy * by) / determinant, (xx * by - xy * bx) / determinant);
            shift += move;
            if (move.X * move.X + move.Y * move.Y < Settled * Settled)
                break;
        }

        return difference / (Side * Side) <= LargestDifference && b.Holds(at + shift, Radius) ? shift : null;
    }
}
