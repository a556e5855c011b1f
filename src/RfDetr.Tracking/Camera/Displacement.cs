using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    private readonly float[] _around = new float[(Side + 2) * (Side + 2)], _there = new float[Side * Side];

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
        const int wide = Side + 2;
        a.Sample(at.X - Radius - 1, at.Y - Radius - 1, wide, _around);
        double xx = 0, xy = 0, yy = 0;
        for (int v = 0; v < Side; v++)
        {
            for (int u = 0; u < Side; u++)
            {
                int i = v * Side + u, middle = (v + 1) * wide + u + 1;
                _values[i] = _around[middle];
                float gx = (_around[middle + 1] - _around[middle - 1]) / 2;
                float gy = (_around[middle + wide] - _around[middle - wide]) / 2;
                (_gx[i], _gy[i]) = (gx, gy);
                (xx, xy, yy) = (xx + gx * gx, xy + gx * gy, yy + gy * gy);
            }
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
            b.Sample(there.X - Radius, there.Y - Radius, Side, _there);
            (double bx, double by, difference) = Compare();
            var move = new Point2((yy * bx - xy * by) / determinant, (xx * by - xy * bx) / determinant);
            shift += move;
            if (move.X * move.X + move.Y * move.Y < Settled * Settled)
                break;
        }

        return difference / (Side * Side) <= LargestDifference && b.Holds(at + shift, Radius) ? shift : null;
    }

    // Sums of the errors times the gradients, and of the errors' magnitudes.
    private (double X, double Y, double Difference) Compare()
    {
        ReadOnlySpan<Vector256<float>> values = Vectors(_values), there = Vectors(_there), gx = Vectors(_gx), gy = Vectors(_gy);
        (Vector256<float> x, Vector256<float> y, Vector256<float> sizes) = (default, default, default);
        for (int i = 0; i < values.Length; i++)
        {
            Vector256<float> error = values[i] - there[i];
            (x, y, sizes) = (x + error * gx[i], y + error * gy[i], sizes + Vector256.Abs(error));
        }

        (double sumX, double sumY, double sum) = (Vector256.Sum(x), Vector256.Sum(y), Vector256.Sum(sizes));
        for (int i = values.Length * Vector256<float>.Count; i < _values.Length; i++)
        {
            float error = _values[i] - _there[i];
            (sumX, sumY, sum) = (sumX + error * _gx[i], sumY + error * _gy[i], sum + Math.Abs(error));
        }

        return (sumX, sumY, sum);
    }

    private static ReadOnlySpan<Vector256<float>> Vectors(float[] values) =>
        MemoryMarshal.Cast<float, Vector256<float>>(values);
}
