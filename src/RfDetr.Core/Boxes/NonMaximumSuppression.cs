namespace RfDetr;

/// <summary>
/// Greedy non-maximum suppression. RF-DETR does not need it (the network is trained one to one); it is there for
/// merged tiles, ensembles and users who ask for it.
/// </summary>
public static class NonMaximumSuppression
{
    /// <summary>
    /// Indices of the boxes that stay, best score first, equal scores in the given order. A box falls if its IoU with a
    /// better box that stayed is greater than <paramref name="iouThreshold"/>.
    /// </summary>
    /// <param name="boxes">n boxes, any unit.</param>
    /// <param name="scores">n scores; a NaN ranks last.</param>
    /// <param name="labels">n labels: only boxes of the same label compete. Empty: all compete (class-agnostic).</param>
    /// <param name="iouThreshold">0..1.</param>
    /// <exception cref="ArgumentException">The lengths differ or the threshold is out of range.</exception>
    public static int[] Run(ReadOnlySpan<BoxXyxy> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, float iouThreshold)
    {
        if (scores.Length != boxes.Length)
            throw new ArgumentException(
                $"There are {boxes.Length} boxes and {scores.Length} scores; give one score per box.", nameof(scores));
        if (labels.Length != 0 && labels.Length != boxes.Length)
            throw new ArgumentException(
                $"There are {boxes.Length} boxes and {labels.Length} labels; give one label per box, or none.", nameof(labels));
        if (!(iouThreshold is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(iouThreshold), iouThreshold, "The IoU threshold must lie in 0..1.");

        int[] order = ByFallingScore(scores);
        int kept = 0;
        foreach (int candidate in order)
        {
            bool stays = true;
            for (int i = 0; i < kept && stays; i++)
            {
                int better = order[i];
                stays = (labels.Length != 0 && labels[better] != labels[candidate])
                    || boxes[better].IoU(boxes[candidate]) <= iouThreshold;
            }

            if (stays)
                order[kept++] = candidate; // kept never runs ahead of the loop, so the order not yet read is intact
        }

        return order[..kept];
    }

    private static int[] ByFallingScore(ReadOnlySpan<float> scores)
    {
        var keys = new (float Score, int Index)[scores.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = (float.IsNaN(scores[i]) ? float.NegativeInfinity : scores[i], i);
        Array.Sort(keys, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Index.CompareTo(b.Index));
        return Array.ConvertAll(keys, static key => key.Index);
    }
}
