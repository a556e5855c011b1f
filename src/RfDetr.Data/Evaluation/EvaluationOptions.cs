namespace RfDetr.Data;

/// <summary>Rules for comparing detections with the truth; the defaults are COCO's.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Most thresholds of one evaluation: a detection's fate is kept as one bit per threshold.</summary>
    public const int MaxIouThresholds = 32;

    /// <summary>
    /// COCO's thresholds 0.50, 0.55 … 0.95, to the last bit as NumPy's <c>linspace</c> makes them: a tie at 0.6 depends on it.
    /// </summary>
    public static IReadOnlyList<double> CocoIouThresholds { get; } = Linear(.5, .95, 10);

    /// <summary>The recalls 0, 0.01 … 1 at which precision is read off.</summary>
    public static IReadOnlyList<double> RecallLevels { get; } = Linear(0, 1, 101);

    /// <summary>Boxes or masks.</summary>
    public EvaluationKind Kind { get; init; }

    /// <summary>
    /// Overlaps from which on a detection counts as right, 0..1, rising; at most <see cref="MaxIouThresholds"/>.
    /// </summary>
    public IReadOnlyList<double> IouThresholds { get; init; } = CocoIouThresholds;

    /// <summary>
    /// Numbers of detections of an image and class that count, best first, rising: COCO's 1, 10, 100; logs of training take 500
    /// as the last.
    /// </summary>
    public IReadOnlyList<int> MaxDetections { get; init; } = [1, 10, 100];

    /// <summary>Sizes of objects that are looked at separately; the first is what everything else is computed on.</summary>
    public IReadOnlyList<AreaRange> AreaRanges { get; init; } = AreaRange.Coco;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Names every value that is wrong.</exception>
    public EvaluationOptions Validated()
    {
        var wrong = new List<string>();
        if (IouThresholds.Count is 0 or > MaxIouThresholds)
            wrong.Add($"{nameof(IouThresholds)} has {IouThresholds.Count} values, expected 1..{MaxIouThresholds}");
        if (IouThresholds.Any(t => t is not (>= 0 and <= 1)) || !IsRising(IouThresholds))
            wrong.Add($"{nameof(IouThresholds)} is [{string.Join(", ", IouThresholds)}], expected rising values of 0..1");
        if (MaxDetections.Count == 0 || MaxDetections.Any(m => m < 1) || !IsRising(MaxDetections))
            wrong.Add($"{nameof(MaxDetections)} is [{string.Join(", ", MaxDetections)}], expected rising numbers from 1");
        if (AreaRanges.Count == 0 || AreaRanges.Any(a => !(a.Least <= a.Most)))
            wrong.Add(
                $"{nameof(AreaRanges)} is [{string.Join(", ", AreaRanges)}], expected at least one range with Least ≤ Most");
        return wrong.Count == 0 ? this : throw new ArgumentException("evaluation options: " + string.Join("; ", wrong));
    }

    private static bool IsRising<T>(IReadOnlyList<T> values) where T : IComparable<T> =>
        values.Zip(values.Skip(1)).All(pair => pair.First.CompareTo(pair.Second) < 0);

    /// <summary><c>numpy.linspace</c>: index times step plus start, and the last value exactly the end.</summary>
    private static double[] Linear(double start, double end, int count)
    {
        double step = (end - start) / (count - 1);
        double[] values = [.. Enumerable.Range(0, count).Select(i => i * step + start)];
        values[^1] = end;
        return values;
    }
}

/// <summary>Objects of some size only; the others are ignored, neither found nor missed.</summary>
/// <param name="Name">Name that the range is asked for by.</param>
/// <param name="Least">Smallest area in pixels, inclusive.</param>
/// <param name="Most">Largest area in pixels, inclusive.</param>
public readonly record struct AreaRange(string Name, double Least, double Most)
{
    /// <summary>COCO's limits of small and medium objects, in pixels.</summary>
    internal const double Small = 32 * 32, Medium = 96 * 96;

    private const double Unlimited = 1e10; // pycocotools' 1e5²

    /// <summary>Every size.</summary>
    public static AreaRange All { get; } = new("all", 0, Unlimited);

    /// <summary>
    /// COCO's four: all, small (to 32²), medium (to 96²), large. Neighbors share their limit, as in pycocotools.
    /// </summary>
    public static IReadOnlyList<AreaRange> Coco { get; } =
        [All, new("small", 0, Small), new("medium", Small, Medium), new("large", Medium, Unlimited)];

    /// <summary>True if an area lies in the range. As in pycocotools, one that is no number lies in every range.</summary>
    public bool Contains(double area) => !(area < Least || area > Most);
}

/// <summary>Shapes that overlaps are measured on.</summary>
public enum EvaluationKind
{
    /// <summary>Boxes: COCO's <c>bbox</c>.</summary>
    Boxes,

    /// <summary>Masks: COCO's <c>segm</c>.</summary>
    Masks,
}
