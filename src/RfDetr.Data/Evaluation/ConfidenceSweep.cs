namespace RfDetr.Data;

/// <summary>Quality at one score threshold; each 0..1.</summary>
/// <param name="Threshold">Detections of at least this score count.</param>
/// <param name="Precision">Share of detections that are right; 0 without any.</param>
/// <param name="Recall">Share of objects that are found.</param>
/// <param name="F1">Harmonic mean of both; for several classes the mean of theirs.</param>
public readonly record struct OperatingPoint(double Threshold, double Precision, double Recall, double F1);

/// <summary>
/// Precision, recall and F1 over score thresholds 0, 0.01 … 1, of each class and as the mean of all classes that have objects
/// (macro). A detection is right as <see cref="ClassOutcomes"/> says: COCO's assignment at IoU 0.5.
/// </summary>
/// <remarks>The sweep and its best point are defined as in rf-detr's <c>results.json</c>.</remarks>
public sealed class ConfidenceSweep
{
    private ConfidenceSweep(OperatingPoint[][] classes, OperatingPoint[] macro)
    {
        (Classes, Macro) = (classes, macro);
        for (int i = 1; i < macro.Length; i++)
        {
            if (macro[i].F1 > macro[BestIndex].F1)
                BestIndex = i;
        }
    }

    /// <summary>One curve for each class, in the order given; 101 points by rising threshold.</summary>
    public IReadOnlyList<IReadOnlyList<OperatingPoint>> Classes { get; }

    /// <summary>Mean over the classes that have objects; zeros if none has.</summary>
    public IReadOnlyList<OperatingPoint> Macro { get; }

    /// <summary>Index of <see cref="Best"/> in every curve.</summary>
    public int BestIndex { get; }

    /// <summary>The point of highest macro F1; the lowest threshold of equal ones.</summary>
    public OperatingPoint Best => Macro[BestIndex];

    /// <summary>Sweeps over the thresholds.</summary>
    public static ConfidenceSweep Of(IReadOnlyList<ClassOutcomes> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        OperatingPoint[][] curves = [.. classes.Select(Curve)];
        OperatingPoint[][] withObjects = [.. curves.Where((_, k) => classes[k].Objects > 0)];
        IReadOnlyList<double> thresholds = EvaluationOptions.RecallLevels;
        OperatingPoint[] macro = [.. thresholds.Select((threshold, i) => withObjects.Length == 0
            ? new OperatingPoint(threshold, 0, 0, 0)
            : new OperatingPoint(
                threshold, withObjects.Average(c => c[i].Precision), withObjects.Average(c => c[i].Recall),
                withObjects.Average(c => c[i].F1)))];
        return new(curves, macro);
    }

    private static OperatingPoint[] Curve(ClassOutcomes outcomes)
    {
        IReadOnlyList<double> thresholds = EvaluationOptions.RecallLevels;
        var curve = new OperatingPoint[thresholds.Count];
        int taken = 0, right = 0;
        for (int i = thresholds.Count - 1; i >= 0; i--)
        {
            for (; taken < outcomes.Scores.Count && outcomes.Scores[taken] >= thresholds[i]; taken++)
                right += outcomes.Right[taken] ? 1 : 0;
            double precision = Share(right, taken), recall = Share(right, outcomes.Objects);
            curve[i] = new(thresholds[i], precision, recall, Share(2 * precision * recall, precision + recall));
        }

        return curve;
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
