namespace RfDetr.Data;

/// <summary>The detections of one class that count, and whether each was right, at the IoU threshold nearest 0.5.</summary>
/// <param name="CategoryId">The class.</param>
/// <param name="Objects">Objects that count: those to be found.</param>
/// <param name="Scores">In descending order.</param>
/// <param name="Right">For each score, whether the detection found an object.</param>
public sealed record ClassOutcomes(long CategoryId, int Objects, IReadOnlyList<double> Scores, IReadOnlyList<bool> Right)
{
    private const double IouThreshold = .5;

    internal static ClassOutcomes[] Of(
        EvaluationOptions options, EvaluationGroups groups, MatchTable table, (Range Truth, Range Found)[] classes)
    {
        int nearest =
            Enumerable.Range(0, options.IouThresholds.Count).MinBy(t => Math.Abs(options.IouThresholds[t] - IouThreshold));
        uint bit = 1u << nearest;
        var outcomes = new ClassOutcomes[classes.Length];
        for (int k = 0; k < classes.Length; k++)
        {
            int objects = 0;
            foreach (TruthObject truth in groups.Truth.AsSpan(classes[k].Truth))
                objects += GroupMatcher.Counts(truth, options.AreaRanges[0]) ? 1 : 0;
            (int start, int count) = classes[k].Found.GetOffsetAndLength(groups.Found.Length);
            int[] counting =
            [
                .. Enumerable.Range(start, count)
                    .Where(d => (table.Ignored[0][d] & bit) == 0).OrderByDescending(d => groups.Found[d].Score)
            ];
            outcomes[k] = new(
                groups.Categories[k], objects, [.. counting.Select(d => groups.Found[d].Score)],
                [.. counting.Select(d => (table.Matched[0][d] & bit) != 0)]);
        }

        return outcomes;
    }
}
