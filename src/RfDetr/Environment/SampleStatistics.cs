namespace RfDetr;

/// <summary>Location and spread of repeated measurements, in their unit.</summary>
/// <param name="Count">Number of samples.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Of the sample (divided by n − 1); 0 for a single one.</param>
/// <param name="Min">The least.</param>
/// <param name="P10">10th percentile.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">The largest.</param>
/// <remarks>
/// Percentiles interpolate between neighbors: Hyndman and Fan's (1996) definition 7, the default of R and NumPy.
/// </remarks>
public sealed record SampleStatistics(
    int Count, double Mean, double StandardDeviation, double Min, double P10, double P50, double P90, double P95, double P99,
    double Max)
{
    /// <summary>Statistics of at least one finite number.</summary>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static SampleStatistics Of(ReadOnlySpan<double> samples)
    {
        if (samples.IsEmpty)
            throw new ArgumentException("statistics need at least one sample, there is none");
        double[] sorted = samples.ToArray();
        Array.Sort(sorted);
        if (!double.IsFinite(sorted[0]) || !double.IsFinite(sorted[^1]))
            throw new ArgumentException("statistics need finite samples; one is infinite or not a number");

        // Two passes: the squares of deviations do not cancel as sums of squares do.
        double sum = 0;
        foreach (double value in sorted)
            sum += value;
        double mean = sum / sorted.Length, squares = 0;
        foreach (double value in sorted)
            squares += (value - mean) * (value - mean);
        double deviation = sorted.Length > 1 ? Math.Sqrt(squares / (sorted.Length - 1)) : 0;
        return new(
            sorted.Length, mean, deviation, sorted[0], Quantile(sorted, 0.1), Quantile(sorted, 0.5),
            Quantile(sorted, 0.9), Quantile(sorted, 0.95), Quantile(sorted, 0.99), sorted[^1]);
    }

    /// <summary>
    /// Median of the last third over median of the first third; null for fewer than 9 samples or a first third of zeros.
    /// </summary>
    public static double? Drift(ReadOnlySpan<double> samples)
    {
        int third = samples.Length / 3;
        if (third < 3)
            return null;
        double first = Median(samples[..third]), last = Median(samples[^third..]);
        return first > 0 ? last / first : null;
    }

    /// <summary>The median of at least one number.</summary>
    internal static double Median(ReadOnlySpan<double> samples)
    {
        double[] sorted = samples.ToArray();
        Array.Sort(sorted);
        return Quantile(sorted, 0.5);
    }

    private static double Quantile(ReadOnlySpan<double> sorted, double q)
    {
        double at = q * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
