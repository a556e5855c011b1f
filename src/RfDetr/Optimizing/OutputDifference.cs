namespace RfDetr;

/// <summary>
/// Distance of two results of the same images, in the terms of those who use them: objects, weighted by their scores.
/// </summary>
internal static class OutputDifference
{
    // Weaker objects than these are a matter of chance; where there are none, the best few are looked at all the same.
    private const float LeastScore = 0.1f;
    private const int Fewest = 5, Most = 50;

    // A mask of few pixels changes by a large part of itself when a single one on its border turns.
    private const double LeastMaskPixels = 400;

    /// <summary>
    /// The largest difference of any object in any image, 0..1; infinite where something is not a number or an image is missing.
    /// </summary>
    public static double Largest(IReadOnlyList<Detections> expected, IReadOnlyList<Detections> actual) =>
        expected.Count != actual.Count
        ? double.PositiveInfinity
        : expected.Zip(actual)
            .Select(pair => Math.Max(Of(pair.First, pair.Second), Of(pair.Second, pair.First))).DefaultIfEmpty(0).Max();

    // Each object of one side against the object of its class on the other side that is most like it.
    private static double Of(Detections from, Detections to)
    {
        if (!from.Items.All(IsFinite) || !to.Items.All(IsFinite))
            return double.PositiveInfinity;
        double largest = 0;
        foreach (Detection one in Objects(from))
        {
            double least = one.Score;
            foreach (Detection other in to.Items.Where(d => d.ClassId == one.ClassId))
                least = Math.Min(least, Of(one, other));
            largest = Math.Max(largest, least);
        }

        return largest;
    }

    private static double Of(Detection one, Detection other)
    {
        double apart = one.Box == other.Box ? 0 : 1 - one.Box.IoU(other.Box);
        if (one.Mask is { } a && other.Mask is { } b)
            apart = Math.Max(apart, Apart(a, b));
        return Math.Max(Math.Abs(one.Score - other.Score), one.Score * apart);
    }

    private static double Apart(RleMask a, RleMask b)
    {
        if (a.Area == 0 && b.Area == 0)
            return 0;
        double overlap = a.IoU(b), union = (a.Area + b.Area) / (1 + overlap);
        return (1 - overlap) * union / Math.Max(union, LeastMaskPixels);
    }

    private static IEnumerable<Detection> Objects(Detections found) =>
        found.Items.OrderByDescending(d => d.Score).Where((d, i) => i < Fewest || d.Score > LeastScore).Take(Most);

    private static bool IsFinite(Detection d) =>
        float.IsFinite(d.Score)
            && float.IsFinite(d.Box.X1) && float.IsFinite(d.Box.Y1) && float.IsFinite(d.Box.X2) && float.IsFinite(d.Box.Y2);
}
