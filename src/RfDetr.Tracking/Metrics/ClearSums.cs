namespace RfDetr.Tracking;

/// <summary>Adds up what the CLEAR metrics are made of.</summary>
internal sealed class ClearSums
{
    private const double Threshold = 0.5;
    private const double Epsilon = 2.220446049250313e-16; // the distance from 1 to the next double, as in numpy
    private const double KeepBonus = 1000;
    private const double Mostly = 0.8;
    private const double Hardly = 0.2;
    private const int None = -1;

    private long _tp, _fn, _fp, _switches, _mostly, _partly, _lost, _fragments;
    private double _overlap;

    // TrackEval reports 0 for every ratio of a sequence without truth or without result.
    private bool _any;

    public void Add(SequencePair pair)
    {
        if (pair.ResultCount == 0 || pair.TrueCount == 0)
        {
            _fn += pair.TrueCount;
            _fp += pair.ResultCount;
            _lost += pair.ResultCount == 0 ? pair.TrueIds : 0;
            return;
        }

        _any = true;
        var sequence = new Sequence(pair.TrueIds);
        foreach (FramePair frame in pair.Frames)
            Add(frame, sequence);
        int mostly = 0, partlyOrMostly = 0;
        for (int t = 0; t < pair.TrueIds; t++)
        {
            double ratio = (double)sequence.Matched[t] / sequence.Frames[t];
            mostly += ratio > Mostly ? 1 : 0;
            partlyOrMostly += ratio >= Hardly ? 1 : 0;
            _fragments += Math.Max(0, sequence.Starts[t] - 1);
        }

        (_mostly, _partly, _lost) = (_mostly + mostly, _partly + partlyOrMostly - mostly, _lost + pair.TrueIds - partlyOrMostly);
    }

    public ClearScores Scores()
    {
        double Ratio(double part, long whole) => _any ? part / Math.Max(1, whole) : 0;
        return new ClearScores(
            Ratio(_tp - _fp - _switches, _tp + _fn),
            Ratio(_overlap, _tp),
            Ratio(_tp - _fp, _tp + _fn),
            Ratio(_tp, _tp + _fn),
            Ratio(_tp, _tp + _fp),
            _tp,
            _fn,
            _fp,
            _switches,
            _mostly,
            _partly,
            _lost,
            _fragments);
    }

    private void Add(FramePair frame, Sequence sequence)
    {
        foreach (int t in frame.True)
            sequence.Frames[t]++;
        if (frame.True.Length == 0 || frame.Result.Length == 0)
        {
            // As in TrackEval, the pairs of the frame before are still preferred after such a frame.
            _fn += frame.True.Length;
            _fp += frame.Result.Length;
            return;
        }

        var score = CostMatrix.Of(frame.True.Length, frame.Result.Length, (t, r) => frame.Overlap[t, r] < Threshold - Epsilon
            ? 0
            : frame.Overlap[t, r] + (sequence.Previous[frame.True[t]] == frame.Result[r] ? KeepBonus : 0));
        int[] match = score.Negate().Solve();
        var now = new int[sequence.Previous.Length];
        now.AsSpan().Fill(None);
        int found = 0;
        for (int i = 0; i < match.Length; i++)
        {
            if (match[i] < 0 || !(score[i, match[i]] > Epsilon))
                continue;
            (int t, int r) = (frame.True[i], frame.Result[match[i]]);
            found++;
            _overlap += frame.Overlap[i, match[i]];
            _switches += sequence.Last[t] != None && sequence.Last[t] != r ? 1 : 0;
            sequence.Matched[t]++;
            sequence.Starts[t] += sequence.Previous[t] == None ? 1 : 0;
            sequence.Last[t] = now[t] = r;
        }

        now.CopyTo(sequence.Previous, 0);
        _tp += found;
        _fn += frame.True.Length - found;
        _fp += frame.Result.Length - found;
    }

    // Per true id: frames, matched frames, how often matching began, the id matched in the last frame and the last id ever.
    private sealed class Sequence
    {
        public Sequence(int trueIds)
        {
            (Frames, Matched, Starts, Previous, Last) =
                (new int[trueIds], new int[trueIds], new int[trueIds], new int[trueIds], new int[trueIds]);
            Previous.AsSpan().Fill(None);
            Last.AsSpan().Fill(None);
        }

        public int[] Frames { get; }

        public int[] Matched { get; }

        public int[] Starts { get; }

        public int[] Previous { get; }

        public int[] Last { get; }
    }
}
