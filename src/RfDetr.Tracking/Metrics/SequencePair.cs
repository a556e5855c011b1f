namespace RfDetr.Tracking;

/// <summary>Truth and result of a sequence, frame by frame, with ids numbered from 0 and the IoU of every pair.</summary>
internal sealed class SequencePair
{
    private const double IgnoreIoU = 0.5;
    private const long MostPairs = 1 << 27;
    private const int MostObjects = 10_000;

    private SequencePair(FramePair[] frames, int trueIds, int resultIds) =>
        (Frames, TrueIds, ResultIds) = (frames, trueIds, resultIds);

    /// <summary>Frames in which there is anything.</summary>
    public FramePair[] Frames { get; }

    public int TrueIds { get; }

    public int ResultIds { get; }

    public long TrueCount => Frames.Sum(f => (long)f.True.Length);

    public long ResultCount => Frames.Sum(f => (long)f.Result.Length);

    public static SequencePair Of(MotEntry[] truth, MotEntry[] result)
    {
        RequireSize(truth, result);
        ILookup<int, MotEntry> trueOf = truth.ToLookup(e => e.Frame), resultOf = result.ToLookup(e => e.Frame);
        int[] frames = [.. truth.Concat(result).Select(e => e.Frame).Distinct().Order()];
        var kept = new List<(MotEntry[] True, MotEntry[] Result)>();
        foreach (int frame in frames)
            kept.Add(WithoutIgnored([.. trueOf[frame]], [.. resultOf[frame]]));
        Dictionary<int, int> trueIds = Number(kept.SelectMany(k => k.True)), resultIds = Number(kept.SelectMany(k => k.Result));
        return new SequencePair(
            [.. kept.Select(k => FramePair.Of(k.True, k.Result, trueIds, resultIds))], trueIds.Count, resultIds.Count);
    }

    // All pairs of ids are held at once, and all pairs of a frame.
    private static void RequireSize(MotEntry[] truth, MotEntry[] result)
    {
        long trueIds = truth.DistinctBy(e => e.Id).Count(), resultIds = result.DistinctBy(e => e.Id).Count();
        if (trueIds * resultIds > MostPairs)
            throw new ArgumentException(
                $"{trueIds} true ids and {resultIds} predicted ids make more than {MostPairs} pairs; compare shorter sequences.");
        long largest =
            truth.CountBy(e => e.Frame).Concat(result.CountBy(e => e.Frame)).Select(c => c.Value).DefaultIfEmpty().Max();
        if (largest > MostObjects)
            throw new ArgumentException($"A frame has {largest} objects; at most {MostObjects} are compared.");
    }

    private static (MotEntry[] True, MotEntry[] Result) WithoutIgnored(MotEntry[] truth, MotEntry[] result)
    {
        MotEntry[] counted = [.. truth.Where(e => e.Score != 0)];
        if (counted.Length == truth.Length)
            return (truth, result);
        CostMatrix overlap = FramePair.Overlaps(truth, result);
        int[] match =
            CostMatrix.Of(truth.Length, result.Length, (t, r) => overlap[t, r] >= IgnoreIoU ? -overlap[t, r] : 0).Solve();
        var removed = new HashSet<int>(match.Where((r, t) => r >= 0 && truth[t].Score == 0 && overlap[t, r] >= IgnoreIoU));
        return (counted, [.. result.Where((_, i) => !removed.Contains(i))]);
    }

    private static Dictionary<int, int> Number(IEnumerable<MotEntry> entries) =>
        entries.Select(e => e.Id).Distinct().Order().Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i);
}

/// <summary>One frame of a <see cref="SequencePair"/>.</summary>
/// <param name="True">Numbered ids of true objects.</param>
/// <param name="Result">Numbered ids of predicted objects.</param>
/// <param name="Overlap">IoU of true (rows) and predicted objects.</param>
internal sealed record FramePair(int[] True, int[] Result, CostMatrix Overlap)
{
    public static FramePair Of(
        MotEntry[] truth, MotEntry[] result, Dictionary<int, int> trueIds, Dictionary<int, int> resultIds) =>
        new([.. truth.Select(e => trueIds[e.Id])], [.. result.Select(e => resultIds[e.Id])], Overlaps(truth, result));

    public static CostMatrix Overlaps(MotEntry[] truth, MotEntry[] result) =>
        CostMatrix.Of(truth.Length, result.Length, (t, r) => truth[t].Box.IoU(result[r].Box));
}
