namespace RfDetr.Tracking;

/// <summary>Adds up what the identity metrics are made of.</summary>
internal sealed class IdentitySums
{
    private const double Threshold = 0.5;

    private long _tp, _fn, _fp;

    public void Add(SequencePair pair)
    {
        var matches = new CostMatrix(pair.TrueIds, pair.ResultIds);
        foreach (FramePair frame in pair.Frames)
        {
            for (int t = 0; t < frame.True.Length; t++)
            {
                for (int r = 0; r < frame.Result.Length; r++)
                {
                    if (frame.Overlap[t, r] >= Threshold)
                        matches[frame.True[t], frame.Result[r]]++;
                }
            }
        }

        // The assignment with the fewest false negatives and positives is the one with the most matches.
        int[] assigned = matches.Negate().Solve();
        long found = 0;
        for (int t = 0; t < assigned.Length; t++)
            found += assigned[t] < 0 ? 0 : (long)matches[t, assigned[t]];
        _tp += found;
        _fn += pair.TrueCount - found;
        _fp += pair.ResultCount - found;
    }

    public IdentityScores Scores() => new(
        _tp / Math.Max(1, _tp + 0.5 * _fn + 0.5 * _fp),
        _tp / Math.Max(1.0, _tp + _fn),
        _tp / Math.Max(1.0, _tp + _fp),
        _tp,
        _fn,
        _fp);
}
