namespace RfDetr.Data;

/// <summary>
/// Precision over the recalls <see cref="EvaluationOptions.RecallLevels"/>, at one overlap, all sizes, largest limit of
/// detections.
/// </summary>
internal static class PrecisionCurves
{
    private const double Iou = .5;

    /// <summary>Of one class at the IoU threshold nearest 0.5; 101 values, or −1 for a class without objects.</summary>
    /// <param name="metrics">The evaluation.</param>
    /// <param name="category">Index of the class.</param>
    public static ReadOnlySpan<double> OfClass(CocoMetrics metrics, int category)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        IReadOnlyList<double> thresholds = metrics.Options.IouThresholds;
        int nearest = Enumerable.Range(0, thresholds.Count).MinBy(t => Math.Abs(thresholds[t] - Iou));
        return metrics.Precision(nearest, category, 0, metrics.Options.MaxDetections.Count - 1);
    }

    /// <summary>Mean over the classes that have objects; zeros if none has.</summary>
    public static double[] Mean(CocoMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var mean = new double[EvaluationOptions.RecallLevels.Count];
        int classes = 0;
        for (int k = 0; k < metrics.CategoryIds.Count; k++)
        {
            ReadOnlySpan<double> one = OfClass(metrics, k);
            if (one[0] < 0)
                continue;
            classes++;
            for (int r = 0; r < mean.Length; r++)
                mean[r] += one[r];
        }

        return [.. mean.Select(sum => sum / Math.Max(classes, 1))];
    }
}
