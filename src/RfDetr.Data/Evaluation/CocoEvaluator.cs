namespace RfDetr.Data;

/// <summary>
/// Compares detections with the truth exactly as pycocotools' <c>COCOeval</c> does: order of equal scores, crowds, ignored
/// objects, ranges of areas, limits of detections, classes without objects.
/// </summary>
public static class CocoEvaluator
{
    private const int GroupsAtATime = 256;

    /// <summary>Evaluates boxes or masks.</summary>
    /// <param name="input">Truth and detections.</param>
    /// <param name="options">Null for COCO's own.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, a number is not finite, or a mask is missing or has another size than its image's others.
    /// </exception>
    public static CocoEvaluation Evaluate(
        EvaluationInput input, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        options = (options ?? new EvaluationOptions()).Validated();
        EvaluationGroups groups = EvaluationGroups.Of(input, options.MaxDetections[^1]);
        Overlaps.Check(groups, options.Kind);

        var table = MatchTable.For(options.AreaRanges.Count, groups.Found.Length);
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        int chunks = (groups.Groups.Length + GroupsAtATime - 1) / GroupsAtATime;
        Parallel.For(0, chunks, parallel, () => new GroupMatcher(options, groups, table), (chunk, _, matcher) =>
        {
            foreach (
                EvaluationGroup group in groups.Groups.AsSpan()[
                    (chunk * GroupsAtATime)..Math.Min((chunk + 1) * GroupsAtATime, groups.Groups.Length)
                ])
                matcher.Match(group);
            return matcher;
        }, static _ => { });

        var metrics = new CocoMetrics(options, groups.Categories);
        var curves = new CurveBuilder(options, groups, table);
        (Range Truth, Range Found)[] classes = RangesOfClasses(groups);
        Parallel.For(0, classes.Length, parallel, k => curves.Build(metrics, k, classes[k].Truth, classes[k].Found));
        return new CocoEvaluation(metrics, ClassOutcomes.Of(options, groups, table, classes));
    }

    /// <summary>Objects and detections of each class; groups are sorted by class.</summary>
    private static (Range Truth, Range Found)[] RangesOfClasses(EvaluationGroups groups)
    {
        var ranges = new (Range Truth, Range Found)[groups.Categories.Length];
        int next = 0, truth = 0, found = 0;
        for (int k = 0; k < ranges.Length; k++)
        {
            (int firstTruth, int firstFound) = (truth, found);
            for (; next < groups.Groups.Length && groups.Groups[next].Category == k; next++)
            {
                truth += groups.Groups[next].TruthCount;
                found += groups.Groups[next].FoundCount;
            }

            ranges[k] = (firstTruth..truth, firstFound..found);
        }

        return ranges;
    }
}

/// <summary>Result of an evaluation.</summary>
/// <param name="Metrics">COCO's numbers and curves.</param>
/// <param name="Classes">Outcome of each class's detections, in the order of <see cref="CocoMetrics.CategoryIds"/>.</param>
public sealed record CocoEvaluation(CocoMetrics Metrics, IReadOnlyList<ClassOutcomes> Classes);
