namespace RfDetr.Data;

/// <summary>
/// Precision over recall of one class from its detections' fates: monotone from the right, read off at 101 recalls.
/// </summary>
/// <remarks>
/// Behavior after <c>accumulate</c> of pycocotools' <c>cocoeval.py</c>, in its order of rounding. Recall rises at right
/// detections only, and precision is highest there, so that only those need be kept.
/// </remarks>
internal sealed class CurveBuilder(EvaluationOptions options, EvaluationGroups groups, MatchTable table)
{
    private const double Spacing = 2.220446049250313e-16; // numpy.spacing(1): keeps 0/0 out of the precision

    /// <summary>Fills the part of one class.</summary>
    /// <param name="metrics">Target of precision, recall and scores.</param>
    /// <param name="category">Index of the class.</param>
    /// <param name="truth">Its objects, a range of <see cref="EvaluationGroups.Truth"/>.</param>
    /// <param name="found">Its detections, a range of <see cref="EvaluationGroups.Found"/>.</param>
    public void Build(CocoMetrics metrics, int category, Range truth, Range found)
    {
        int[] order = ByScore(found);
        ReadOnlySpan<TruthObject> objects = groups.Truth.AsSpan(truth);
        for (int a = 0; a < options.AreaRanges.Count; a++)
        {
            int counting = 0;
            foreach (TruthObject o in objects)
                counting += GroupMatcher.Counts(o, options.AreaRanges[a]) ? 1 : 0;
            if (counting == 0)
                continue; // stays −1: neither good nor bad can be said
            var precision = new double[Math.Min(counting, order.Length)];
            var scores = new double[precision.Length];
            for (int m = 0; m < options.MaxDetections.Count; m++)
            {
                for (int t = 0; t < options.IouThresholds.Count; t++)
                {
                    double? first = Walk(order, 1u << t, a, options.MaxDetections[m], precision, scores, out int right);
                    metrics.SetRecall(t, category, a, m, (double)right / counting);
                    ReadOff(
                        precision.AsSpan(0, right), scores, counting, first, metrics.PrecisionRow(t, category, a, m),
                        metrics.ScoreRow(t, category, a, m));
                }
            }
        }
    }

    /// <summary>Detections in descending order of score; equal ones by image, then by place within it.</summary>
    private int[] ByScore(Range range)
    {
        (int start, int count) = range.GetOffsetAndLength(groups.Found.Length);
        int[] order = [.. Enumerable.Range(start, count)];
        FoundObject[] found = groups.Found;
        Array.Sort(order, (x, y) =>
        {
            int byScore = found[y].Score.CompareTo(found[x].Score);
            return byScore != 0 ? byScore : x.CompareTo(y);
        });
        return order;
    }

    /// <summary>Precision and score at each right detection; the score of the very first one, right or not.</summary>
    private double? Walk(int[] order, uint bit, int area, int maxDetections, double[] precision, double[] scores, out int right)
    {
        uint[] matched = table.Matched[area], ignored = table.Ignored[area];
        double? first = null;
        right = 0;
        double wrong = 0;
        foreach (int d in order)
        {
            if (groups.Ranks[d] >= maxDetections)
                continue;
            first ??= groups.Found[d].Score;
            if ((ignored[d] & bit) != 0)
                continue;
            if ((matched[d] & bit) == 0)
            {
                wrong++;
                continue;
            }

            scores[right] = groups.Found[d].Score;
            right++;
            precision[right - 1] = right / (wrong + right + Spacing);
        }

        return first;
    }

    private static void ReadOff(
        Span<double> precision, double[] scores, int counting, double? first, Span<double> row, Span<double> scoreRow)
    {
        row.Clear();
        scoreRow.Clear();
        for (int i = precision.Length - 2; i >= 0; i--)
            precision[i] = Math.Max(precision[i], precision[i + 1]);
        IReadOnlyList<double> levels = EvaluationOptions.RecallLevels;
        for (int r = 0, i = 0; r < levels.Count; r++)
        {
            while (i < precision.Length && (double)(i + 1) / counting < levels[r])
                i++;
            if (i == precision.Length)
                break;
            (row[r], scoreRow[r]) = (precision[i], scores[i]);
        }

        // Recall 0 is reached by the first detection already, though it may be wrong.
        if (first is { } score)
            scoreRow[0] = score;
    }
}
