namespace RfDetr.Data;

/// <summary>
/// COCO's metrics with all that they are computed from. −1 everywhere stands for "nothing to say": no object that counts.
/// </summary>
public sealed class CocoMetrics
{
    private const double Nothing = -1;

    private readonly double[] _precision;
    private readonly double[] _scores;
    private readonly double[] _recall;

    internal CocoMetrics(EvaluationOptions options, long[] categories)
    {
        Options = options;
        CategoryIds = categories;
        long cells =
            (long)options.IouThresholds.Count * categories.Length * options.AreaRanges.Count * options.MaxDetections.Count;
        if (cells * EvaluationOptions.RecallLevels.Count > Array.MaxLength)
            throw TooMany(categories.Length);
        _recall = new double[cells];
        _precision = new double[cells * EvaluationOptions.RecallLevels.Count];
        _scores = new double[_precision.Length];
        _recall.AsSpan().Fill(Nothing);
        _precision.AsSpan().Fill(Nothing);
        _scores.AsSpan().Fill(Nothing);
    }

    /// <summary>Options of the evaluation.</summary>
    public EvaluationOptions Options { get; }

    /// <summary>The classes by rising id; all indices of classes below refer to this list.</summary>
    public IReadOnlyList<long> CategoryIds { get; }

    /// <summary>
    /// The twelve numbers in pycocotools' order: AP, AP50, AP75, AP of small, medium and large objects; AR with the first, second
    /// and third limit of detections, AR of small, medium and large objects. Each 0..1, or −1.
    /// </summary>
    /// <remarks>
    /// AP is of the largest limit. (pycocotools prints −1 there if that is not 100.) What was not evaluated, by choice of
    /// thresholds, areas or limits, is −1.
    /// </remarks>
    public IReadOnlyList<double> Stats =>
    [
        AveragePrecision(), AveragePrecision(iou: .5), AveragePrecision(iou: .75),
        AveragePrecision(area: "small"), AveragePrecision(area: "medium"), AveragePrecision(area: "large"),
        AverageRecall(limit: 0), AverageRecall(limit: 1), AverageRecall(limit: 2),
        AverageRecall(area: "small"), AverageRecall(area: "medium"), AverageRecall(area: "large"),
    ];

    /// <summary>Mean of interpolated precision over recalls and over whatever is not chosen; 0..1, or −1.</summary>
    /// <param name="category">Index of a class; null for the mean of all that have objects.</param>
    /// <param name="iou">One of the thresholds; null for the mean of all.</param>
    /// <param name="area">Name of a range of areas; null for the first.</param>
    /// <param name="limit">Index of a limit of detections; null for the largest.</param>
    public double AveragePrecision(int? category = null, double? iou = null, string? area = null, int? limit = null) =>
        Mean(category, iou, area, limit, (t, k, a, m) => PrecisionRow(t, k, a, m));

    /// <summary>Mean of the recall reached, over thresholds and classes that are not chosen; 0..1, or −1.</summary>
    /// <inheritdoc cref="AveragePrecision"/>
    public double AverageRecall(int? category = null, double? iou = null, string? area = null, int? limit = null) =>
        Mean(category, iou, area, limit, (t, k, a, m) => _recall.AsSpan(Cell(t, k, a, m), 1));

    /// <summary>Precision at the 101 recalls 0, 0.01 … 1, falling.</summary>
    /// <param name="threshold">Index of an IoU threshold.</param>
    /// <param name="category">Index of a class.</param>
    /// <param name="area">Index of a range of areas.</param>
    /// <param name="limit">Index of a limit of detections.</param>
    public ReadOnlySpan<double> Precision(int threshold, int category, int area, int limit) =>
        PrecisionRow(threshold, category, area, limit);

    /// <summary>The score at which each of the 101 recalls is reached; 0 where it is not.</summary>
    /// <inheritdoc cref="Precision"/>
    public ReadOnlySpan<double> Scores(int threshold, int category, int area, int limit) =>
        ScoreRow(threshold, category, area, limit);

    /// <summary>The recall that all detections together reach.</summary>
    /// <inheritdoc cref="Precision"/>
    public double Recall(int threshold, int category, int area, int limit) => _recall[Cell(threshold, category, area, limit)];

    internal void SetRecall(int threshold, int category, int area, int limit, double value) =>
        _recall[Cell(threshold, category, area, limit)] = value;

    internal Span<double> PrecisionRow(int threshold, int category, int area, int limit) =>
        Row(_precision, threshold, category, area, limit);

    internal Span<double> ScoreRow(int threshold, int category, int area, int limit) =>
        Row(_scores, threshold, category, area, limit);

    private Span<double> Row(double[] values, int threshold, int category, int area, int limit)
    {
        int levels = EvaluationOptions.RecallLevels.Count;
        return values.AsSpan(Cell(threshold, category, area, limit) * levels, levels);
    }

    private int Cell(int threshold, int category, int area, int limit)
    {
        CheckIndex(threshold, Options.IouThresholds.Count, "IoU threshold");
        CheckIndex(category, CategoryIds.Count, "class");
        CheckIndex(area, Options.AreaRanges.Count, "range of areas");
        CheckIndex(limit, Options.MaxDetections.Count, "limit of detections");
        return (
            (threshold * CategoryIds.Count + category) * Options.AreaRanges.Count + area) * Options.MaxDetections.Count + limit;
    }

    private double Mean(int? category, double? iou, string? area, int? limit, Values values)
    {
        int a = area is null ? 0 : IndexOf(Options.AreaRanges, r => r.Name == area);
        int m = limit ?? Options.MaxDetections.Count - 1;
        int one = iou is { } wanted ? IndexOf(Options.IouThresholds, t => Math.Abs(t - wanted) < 1e-9) : 0;
        if (a < 0 || one < 0 || m >= Options.MaxDetections.Count)
            return Nothing;
        double sum = 0;
        long count = 0;
        for (int t = one; t < (iou is null ? Options.IouThresholds.Count : one + 1); t++)
        {
            for (int k = category ?? 0; k < (category + 1 ?? CategoryIds.Count); k++)
            {
                foreach (double value in values(t, k, a, m))
                {
                    sum += value > Nothing ? value : 0;
                    count += value > Nothing ? 1 : 0;
                }
            }
        }

        return count == 0 ? Nothing : sum / count;
    }

    private static int IndexOf<T>(IReadOnlyList<T> list, Func<T, bool> wanted)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (wanted(list[i]))
                return i;
        }

        return -1;
    }

    private static void CheckIndex(int index, int count, string what)
    {
        if ((uint)index >= (uint)count)
            throw new ArgumentOutOfRangeException(
                nameof(index), index, $"There are {count} of {what}, counted from 0; asked for {index}.");
    }

    private static ArgumentException TooMany(int classes) =>
        new(
            $"{classes} classes with this many IoU thresholds, ranges of areas and limits of detections are more than "
                + $"fit into one array of curves; evaluate them in parts.");

    private delegate ReadOnlySpan<double> Values(int threshold, int category, int area, int limit);
}
