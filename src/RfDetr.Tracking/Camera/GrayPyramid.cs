using System.Numerics;
using System.Runtime.InteropServices;

namespace RfDetr.Tracking;

/// <summary>A gray image and its halves, down to about 20 pixels.</summary>
internal sealed class GrayPyramid
{
    private const int SmallestSide = 20;

    private readonly List<GrayLevel> _levels;

    /// <summary>Room for an image of this size.</summary>
    public GrayPyramid(int width, int height)
    {
        _levels = [new GrayLevel(width, height)];
        while (Math.Min(_levels[^1].Width, _levels[^1].Height) >= 2 * SmallestSide)
            _levels.Add(new GrayLevel(_levels[^1].Width / 2, _levels[^1].Height / 2));
    }

    /// <summary>The finest level first.</summary>
    public IReadOnlyList<GrayLevel> Levels => _levels;

    /// <summary>Takes an image, reduced by a factor (<see cref="GrayLevel.Reduce"/>).</summary>
    public void Fill(ReadOnlySpan<byte> pixels, int imageWidth, int channels, int factor)
    {
        _levels[0].Reduce(pixels, imageWidth, channels, factor);
        for (int level = 1; level < _levels.Count; level++)
            _levels[level].Halve(_levels[level - 1]);
    }

    /// <summary>
    /// The whole shift of the coarsest level that makes two images most alike, in pixels of the finest level: a start for finer
    /// methods when the camera moved by more than they can follow.
    /// </summary>
    public static Point2 CoarseShift(GrayPyramid from, GrayPyramid to)
    {
        (GrayLevel a, GrayLevel b) = (from.Levels[^1], to.Levels[^1]);
        int reachX = a.Width / 3, reachY = a.Height / 3;
        (double Difference, int X, int Y) best = (double.PositiveInfinity, 0, 0);
        for (int dy = -reachY; dy <= reachY; dy++)
        {
            for (int dx = -reachX; dx <= reachX; dx++)
            {
                double difference = Difference(a, b, dx, dy);

                // Of equally good shifts the smallest wins, so a plain image does not move.
                if (difference < best.Difference - 1e-6
                    || (difference <= best.Difference && dx * dx + dy * dy < best.X * best.X + best.Y * best.Y))
                    best = (difference, dx, dy);
            }
        }

        double scale = Math.Pow(2, from.Levels.Count - 1);
        return new Point2(best.X * scale, best.Y * scale);
    }

    // Mean absolute difference where the shifted images overlap.
    private static double Difference(GrayLevel a, GrayLevel b, int dx, int dy)
    {
        int x1 = Math.Max(0, -dx), x2 = Math.Min(a.Width, a.Width - dx);
        int y1 = Math.Max(0, -dy), y2 = Math.Min(a.Height, a.Height - dy);
        double sum = 0;
        for (int y = y1; y < y2; y++)
            sum += SumOfDifferences(a.Row(x1, y, x2 - x1), b.Row(x1 + dx, y + dy, x2 - x1));
        return sum / ((x2 - x1) * (y2 - y1));
    }

    private static float SumOfDifferences(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> wholeA = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> wholeB = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sums = Vector<float>.Zero;
        for (int i = 0; i < wholeA.Length; i++)
            sums += Vector.Abs(wholeA[i] - wholeB[i]);
        float sum = Vector.Sum(sums);
        for (int i = wholeA.Length * Vector<float>.Count; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return sum;
    }
}
