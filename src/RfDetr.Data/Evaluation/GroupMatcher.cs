namespace RfDetr.Data;

/// <summary>
/// Outcome of each detection, one bit per IoU threshold: in <c>Matched</c> that it found an object, in <c>Ignored</c> that it
/// does not count. First index: area range; second: detection.
/// </summary>
internal readonly record struct MatchTable(uint[][] Matched, uint[][] Ignored)
{
    public static MatchTable For(int areaRanges, int detections) => new(
        [.. Enumerable.Range(0, areaRanges).Select(_ => new uint[detections])],
        [.. Enumerable.Range(0, areaRanges).Select(_ => new uint[detections])]);
}

/// <summary>
/// COCO's assignment within one class and image: detections choose, best score first, the object they overlap most among those
/// still free; objects that count come before those that do not; crowds are never used up. One instance per thread.
/// </summary>
/// <remarks>
/// Behavior after <c>evaluateImg</c> of pycocotools' <c>cocoeval.py</c>, including which of two equal overlaps wins (the later
/// object).
/// </remarks>
internal sealed class GroupMatcher(EvaluationOptions options, EvaluationGroups groups, MatchTable table)
{
    // pycocotools takes an overlap of 1 as found at a threshold of 1 in spite of rounding.
    private const double AlmostOne = 1 - 1e-10;

    private double[] _ious = [];
    private double[] _largest = [];
    private int[] _order = [];
    private uint[] _taken = [];

    public void Match(in EvaluationGroup group)
    {
        if (group.FoundCount == 0)
            return;
        ReadOnlySpan<TruthObject> truth = groups.Truth.AsSpan(group.TruthStart, group.TruthCount);
        ReadOnlySpan<FoundObject> found = groups.Found.AsSpan(group.FoundStart, group.FoundCount);
        Grow(truth.Length, found.Length);
        Overlaps.Fill(truth, found, options.Kind, _ious, _largest);
        for (int a = 0; a < options.AreaRanges.Count; a++)
        {
            AreaRange area = options.AreaRanges[a];
            Span<uint> matched = table.Matched[a].AsSpan(group.FoundStart, group.FoundCount),
            ignored = table.Ignored[a].AsSpan(group.FoundStart, group.FoundCount);
            int counting = Order(truth, area);
            Array.Clear(_taken, 0, truth.Length);
            for (int d = 0; d < found.Length; d++)
                Choose(
                    truth, counting, _ious.AsSpan(d * truth.Length, truth.Length), _largest[d], ref matched[d], ref ignored[d]);
            for (int d = 0; d < found.Length; d++)
            {
                if (!area.Contains(found[d].AreaOf(options.Kind)))
                    ignored[d] |= ~matched[d];
            }
        }
    }

    /// <summary>True if an object counts in a range of sizes.</summary>
    public static bool Counts(in TruthObject truth, AreaRange area) => !truth.Crowd && !truth.Ignore && area.Contains(truth.Area);

    /// <summary>One detection at all thresholds.</summary>
    private void Choose(
        ReadOnlySpan<TruthObject> truth, int counting, ReadOnlySpan<double> ious, double largest, ref uint matched,
        ref uint ignored)
    {
        for (int t = 0; t < options.IouThresholds.Count; t++)
        {
            uint bit = 1u << t;
            double best = Math.Min(options.IouThresholds[t], AlmostOne);
            if (largest < best)
                return; // higher thresholds find nothing either
            int chosen = -1;
            for (int i = 0; i < truth.Length; i++)
            {
                if (i == counting && chosen >= 0)
                    break; // an object that counts is taken before any that does not
                int g = _order[i];
                if (ious[g] < best || ((_taken[g] & bit) != 0 && !truth[g].Crowd))
                    continue;
                (best, chosen) = (ious[g], i);
            }

            if (chosen < 0)
                continue;
            TruthObject taken = truth[_order[chosen]];
            _taken[_order[chosen]] |= bit;
            if (!taken.NeverFound)
                matched |= bit;
            if (chosen >= counting)
                ignored |= bit;
        }
    }

    /// <summary>Objects that count first, otherwise as given; the number of those that count.</summary>
    private int Order(ReadOnlySpan<TruthObject> truth, AreaRange area)
    {
        int counting = 0;
        for (int g = 0; g < truth.Length; g++)
        {
            if (Counts(truth[g], area))
                _order[counting++] = g;
        }

        for (int g = 0, next = counting; g < truth.Length; g++)
        {
            if (!Counts(truth[g], area))
                _order[next++] = g;
        }

        return counting;
    }

    private void Grow(int truth, int found)
    {
        if (_ious.Length < (long)truth * found)
            _ious = new double[Math.Max(truth * found, 2 * _ious.Length)];
        if (_largest.Length < found)
            _largest = new double[Math.Max(found, 2 * _largest.Length)];
        if (_order.Length < truth)
            (_order, _taken) = (new int[2 * truth], new uint[2 * truth]);
    }
}
