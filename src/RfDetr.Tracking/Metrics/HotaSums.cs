namespace RfDetr.Tracking;

/// <summary>Adds up what HOTA is made of, per threshold.</summary>
internal sealed class HotaSums
{
    private const int Thresholds = 19;
    private const double Step = 0.05;
    private const double Epsilon = 2.220446049250313e-16; // the distance from 1 to the next double, as in numpy
    private const double Least = 1e-10;

    private readonly double[] _tp = new double[Thresholds], _fn = new double[Thresholds], _fp = new double[Thresholds];
    private readonly double[] _association = new double[Thresholds], _overlap = new double[Thresholds];
    private readonly double[] _recall = new double[Thresholds], _precision = new double[Thresholds];

    public void Add(SequencePair pair)
    {
        if (pair.ResultCount == 0 || pair.TrueCount == 0)
        {
            for (int a = 0; a < Thresholds; a++)
                (_fn[a], _fp[a]) = (_fn[a] + pair.TrueCount, _fp[a] + pair.ResultCount);
            return;
        }

        var trueCount = new double[pair.TrueIds];
        var resultCount = new double[pair.ResultIds];
        CostMatrix alignment = Alignment(pair, trueCount, resultCount);
        var matches = new Dictionary<(int True, int Result), int>[Thresholds];
        for (int a = 0; a < Thresholds; a++)
            matches[a] = [];
        foreach (FramePair frame in pair.Frames)
            Match(frame, alignment, matches);
        for (int a = 0; a < Thresholds; a++)
        {
            foreach (((int t, int r), int count) in matches[a])
            {
                _association[a] += count * (count / Math.Max(1, trueCount[t] + resultCount[r] - count));
                _recall[a] += count * (count / Math.Max(1, trueCount[t]));
                _precision[a] += count * (count / Math.Max(1, resultCount[r]));
            }
        }
    }

    public HotaScores Scores()
    {
        double[] detA = PerThreshold(a => _tp[a] / Math.Max(1, _tp[a] + _fn[a] + _fp[a]));
        double[] assA = PerThreshold(a => _association[a] / Math.Max(1, _tp[a]));
        double[] hota = PerThreshold(a => Math.Sqrt(detA[a] * assA[a]));
        return new HotaScores(
            hota.Average(),
            detA.Average(),
            assA.Average(),
            PerThreshold(a => _tp[a] / Math.Max(1, _tp[a] + _fn[a])).Average(),
            PerThreshold(a => _tp[a] / Math.Max(1, _tp[a] + _fp[a])).Average(),
            PerThreshold(a => _recall[a] / Math.Max(1, _tp[a])).Average(),
            PerThreshold(a => _precision[a] / Math.Max(1, _tp[a])).Average(),
            PerThreshold(a => Math.Max(Least, _overlap[a]) / Math.Max(Least, _tp[a])).Average(),
            hota[0],
            hota,
            detA,
            assA);
    }

    // Agreement of two ids over the whole sequence: a soft Jaccard index of their frames.
    private static CostMatrix Alignment(SequencePair pair, double[] trueCount, double[] resultCount)
    {
        var potential = new CostMatrix(pair.TrueIds, pair.ResultIds);
        foreach (FramePair frame in pair.Frames)
        {
            double[] rows =
                [.. frame.True.Select((_, t) => Enumerable.Range(0, frame.Result.Length).Sum(r => frame.Overlap[t, r]))];
            double[] columns =
                [.. frame.Result.Select((_, r) => Enumerable.Range(0, frame.True.Length).Sum(t => frame.Overlap[t, r]))];
            for (int t = 0; t < rows.Length; t++)
            {
                for (int r = 0; r < columns.Length; r++)
                {
                    double either = rows[t] + columns[r] - frame.Overlap[t, r];
                    if (either > Epsilon)
                        potential[frame.True[t], frame.Result[r]] += frame.Overlap[t, r] / either;
                }
            }

            foreach (int t in frame.True)
                trueCount[t]++;
            foreach (int r in frame.Result)
                resultCount[r]++;
        }

        return CostMatrix.Of(
            pair.TrueIds, pair.ResultIds, (t, r) => potential[t, r] / (trueCount[t] + resultCount[r] - potential[t, r]));
    }

    private void Match(FramePair frame, CostMatrix alignment, Dictionary<(int True, int Result), int>[] matches)
    {
        int[] match = CostMatrix.Of(
            frame.True.Length, frame.Result.Length, (t, r) => -alignment[frame.True[t], frame.Result[r]] * frame.Overlap[t, r])
                .Solve();
        for (int a = 0; a < Thresholds; a++)
        {
            double threshold = Step + a * Step - Epsilon;
            int found = 0;
            for (int t = 0; t < match.Length; t++)
            {
                if (match[t] < 0 || !(frame.Overlap[t, match[t]] >= threshold))
                    continue;
                found++;
                _overlap[a] += frame.Overlap[t, match[t]];
                (int, int) ids = (frame.True[t], frame.Result[match[t]]);
                matches[a][ids] = matches[a].GetValueOrDefault(ids) + 1;
            }

            _tp[a] += found;
            _fn[a] += frame.True.Length - found;
            _fp[a] += frame.Result.Length - found;
        }
    }

    private static double[] PerThreshold(Func<int, double> value) => [.. Enumerable.Range(0, Thresholds).Select(value)];
}
