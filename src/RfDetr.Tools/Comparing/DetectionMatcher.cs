namespace RfDetr.Tools;

/// <summary>
/// Pairs the detections of two models on one image: best scores of A first, each with the free detection of its class in B that
/// overlaps it most.
/// </summary>
internal static class DetectionMatcher
{
    /// <summary>Compares two results of one image.</summary>
    /// <param name="file">The image's name.</param>
    /// <param name="a">Everything that A sees above the threshold less the margin, in descending order of score.</param>
    /// <param name="b">The same of B.</param>
    /// <param name="options">Threshold and overlap.</param>
    public static ImageDiff Match(string file, Detections a, Detections b, DiffOptions options)
    {
        (List<Detection> foundA, List<Detection> belowA) = Split(a, options);
        (List<Detection> foundB, List<Detection> belowB) = Split(b, options);
        int[] partner = Pair(foundA, foundB, options.MinIoU);
        var matched = new List<MatchedDetection>();
        List<Detection> onlyA = [], onlyB = [.. foundB.Where((_, j) => !partner.Contains(j))];
        for (int i = 0; i < foundA.Count; i++)
        {
            if (partner[i] >= 0)
                matched.Add(Join(foundA[i], foundB[partner[i]]));
            else
                onlyA.Add(foundA[i]);
        }

        return new(file, a.Width, a.Height, matched, Explain(onlyA, belowB, options), Explain(onlyB, belowA, options));
    }

    private static (List<Detection> Found, List<Detection> Below) Split(Detections all, DiffOptions options) =>
        (
            [.. all.Items.Where(d => d.Score > options.ScoreThreshold)],
            [.. all.Items.Where(d => !(d.Score > options.ScoreThreshold))]);

    /// <summary>For each of the first list the index in the second, or −1; no index twice.</summary>
    internal static int[] Pair(List<Detection> a, List<Detection> b, float minIoU)
    {
        int[] partner = new int[a.Count];
        bool[] taken = new bool[b.Count];
        for (int i = 0; i < a.Count; i++)
        {
            partner[i] = -1;
            float best = minIoU;
            for (int j = 0; j < b.Count; j++)
            {
                if (
                    taken[j]
                        || !SameClass(a[i], b[j])
                        || Overlap(a[i].Box, b[j].Box) is var overlap && (overlap < best || (overlap == best && partner[i] >= 0)))
                    continue;
                (best, partner[i]) = (overlap, j);
            }

            if (partner[i] >= 0)
                taken[partner[i]] = true;
        }

        return partner;
    }

    private static List<UnmatchedDetection> Explain(List<Detection> unmatched, List<Detection> below, DiffOptions options)
    {
        int[] partner = Pair(unmatched, below, options.MinIoU);
        return [.. unmatched.Select((d, i) => new UnmatchedDetection(d, partner[i] < 0 ? null : below[partner[i]].Score))];
    }

    private static MatchedDetection Join(Detection a, Detection b)
    {
        double? masks = a.Mask is { } p && b.Mask is { } q && p.Width == q.Width && p.Height == q.Height
            ? MaskOverlap(p, q)
            : null;
        return new(a, b, Overlap(a.Box, b.Box), masks);
    }

    // Two masks without a pixel agree, as do two equal boxes without an area.
    private static double MaskOverlap(RleMask a, RleMask b) => a.Area == 0 && b.Area == 0 ? 1 : a.IoU(b);

    private static float Overlap(BoxXyxy a, BoxXyxy b) => a == b ? 1 : a.IoU(b);

    private static bool SameClass(Detection a, Detection b) =>
        a.ClassName.Equals(b.ClassName, StringComparison.OrdinalIgnoreCase);
}
