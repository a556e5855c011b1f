namespace RfDetr.Tracking;

/// <summary>A rotation, an enlargement and a shift: <c>x' = a·x − b·y + tx</c>, <c>y' = b·x + a·y + ty</c>.</summary>
internal readonly record struct Similarity(double A, double B, double Tx, double Ty)
{
    public Point2 Apply(Point2 p) => new(A * p.X - B * p.Y + Tx, B * p.X + A * p.Y + Ty);
}

/// <summary>
/// Fits a similarity to displacements of which some are wrong (RANSAC: M. Fischler and R. Bolles, 1981; then least squares).
/// </summary>
internal static class SimilarityFit
{
    private const int Trials = 300;
    private const double InlierDistance = 0.3;
    private const int Refinements = 3;

    /// <summary>The similarity that most displacements agree with.</summary>
    /// <param name="from">Points in the first image; at least two.</param>
    /// <param name="to">The same points in the second image.</param>
    /// <returns>The similarity and the number of points that agree with it.</returns>
    public static (Similarity Fit, int Inliers) Find(ReadOnlySpan<Point2> from, ReadOnlySpan<Point2> to)
    {
        // A fixed seed: the same frames give the same motion.
        var random = new Random(1);
        (Similarity Fit, int Inliers) best = (new Similarity(1, 0, 0, 0), 0);
        for (int trial = 0; trial < Trials; trial++)
        {
            int i = random.Next(from.Length), j = random.Next(from.Length);
            if (Through(from[i], from[j], to[i], to[j]) is not { } candidate)
                continue;
            int inliers = Count(candidate, from, to);
            if (inliers > best.Inliers)
                best = (candidate, inliers);
        }

        for (int refinement = 0; refinement < Refinements; refinement++)
        {
            Similarity refined = LeastSquares(best.Fit, from, to);
            int inliers = Count(refined, from, to);
            if (inliers < best.Inliers)
                break;
            best = (refined, inliers);
        }

        return best;
    }

    private static Similarity? Through(Point2 a, Point2 b, Point2 a2, Point2 b2)
    {
        // As complex numbers: the quotient of the differences turns and enlarges.
        (Point2 d, Point2 d2) = (b - a, b2 - a2);
        double length = d.X * d.X + d.Y * d.Y;
        if (length < 1)
            return null;
        double turnA = (d.X * d2.X + d.Y * d2.Y) / length, turnB = (d.X * d2.Y - d.Y * d2.X) / length;
        return new Similarity(turnA, turnB, a2.X - turnA * a.X + turnB * a.Y, a2.Y - turnB * a.X - turnA * a.Y);
    }

    private static bool Agrees(in Similarity fit, Point2 from, Point2 to)
    {
        Point2 off = fit.Apply(from) - to;
        return off.X * off.X + off.Y * off.Y <= InlierDistance * InlierDistance;
    }

    private static int Count(in Similarity fit, ReadOnlySpan<Point2> from, ReadOnlySpan<Point2> to)
    {
        int count = 0;
        for (int i = 0; i < from.Length; i++)
            count += Agrees(fit, from[i], to[i]) ? 1 : 0;
        return count;
    }

    private static Similarity LeastSquares(Similarity fit, ReadOnlySpan<Point2> from, ReadOnlySpan<Point2> to)
    {
        var inliers = new List<int>(from.Length);
        (Point2 sumFrom, Point2 sumTo) = (default, default);
        for (int i = 0; i < from.Length; i++)
        {
            if (!Agrees(fit, from[i], to[i]))
                continue;
            inliers.Add(i);
            (sumFrom, sumTo) = (sumFrom + from[i], sumTo + to[i]);
        }

        if (inliers.Count < 2)
            return fit;
        (Point2 meanFrom, Point2 meanTo) = (1.0 / inliers.Count * sumFrom, 1.0 / inliers.Count * sumTo);
        double a = 0, b = 0, spread = 0;
        foreach (int i in inliers)
        {
            (Point2 p, Point2 q) = (from[i] - meanFrom, to[i] - meanTo);
            a += p.X * q.X + p.Y * q.Y;
            b += p.X * q.Y - p.Y * q.X;
            spread += p.X * p.X + p.Y * p.Y;
        }

        if (spread < 1)
            return fit;
        (a, b) = (a / spread, b / spread);
        return new Similarity(a, b, meanTo.X - a * meanFrom.X + b * meanFrom.Y, meanTo.Y - b * meanFrom.X - a * meanFrom.Y);
    }
}
