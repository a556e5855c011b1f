namespace RfDetr.Tools;

/// <summary>Confidence interval of a ratio of medians by resampling blocks of successive samples.</summary>
/// <remarks>
/// Successive times are correlated (clock, caches, neighbors), and drawing single samples would make the interval too narrow. So
/// circular blocks are drawn (Politis and Romano 1992) whose length grows with the cube root of the number of samples (Künsch
/// 1989) and with the autocorrelation time. The interval is between percentiles of the resampled ratios.
/// </remarks>
internal static class BlockBootstrap
{
    /// <summary>Median of b over median of a.</summary>
    public static RatioInterval RatioOfMedians(double[] a, double[] b, double confidence, int resamples, int seed)
    {
        var random = new Random(seed);
        MedianResampler first = new(a), second = new(b);
        double[] ratios = new double[resamples];
        for (int i = 0; i < resamples; i++)
            ratios[i] = Ratio(second.Next(random), first.Next(random));
        Array.Sort(ratios);
        int tail = (int)Math.Floor((1 - confidence) / 2 * resamples);
        return new(Ratio(second.Median, first.Median), ratios[tail], ratios[resamples - 1 - tail]);
    }

    /// <summary>Samples per block.</summary>
    internal static int BlockLength(double[] samples)
    {
        double length = Math.Cbrt(samples.Length) * Math.Pow(AutocorrelationTime(samples), 2.0 / 3);
        return (int)Math.Clamp(Math.Ceiling(length), 1, Math.Max(1, samples.Length / 4));
    }

    /// <summary>
    /// Number of successive samples that tell as much as one independent sample: 1 + 2 Σ ρ(k) up to the first ρ(k) that noise
    /// explains.
    /// </summary>
    /// <remarks>Of whether samples lie above the median, which is what matters to a median and does not mind spikes.</remarks>
    internal static double AutocorrelationTime(double[] samples)
    {
        int n = samples.Length;
        double median = SampleStatistics.Median(samples), noise = 2 / Math.Sqrt(n), time = 1;
        double[] sides = [.. samples.Select(s => (double)Math.Sign(s - median))];
        double power = sides.Sum(s => s * s);
        for (int lag = 1; lag < n / 4 && power > 0; lag++)
        {
            double sum = 0;
            for (int i = lag; i < n; i++)
                sum += sides[i] * sides[i - lag];
            if (sum / power < noise)
                break;
            time += 2 * sum / power;
        }

        return time;
    }

    // Stages that take no measurable time in either report are equal.
    private static double Ratio(double b, double a) => a > 0 ? b / a : b > 0 ? double.MaxValue : 1;

    /// <summary>
    /// Medians of resampled series in time linear in their length: counts of the sorted values instead of sorting each time.
    /// </summary>
    private sealed class MedianResampler
    {
        private readonly double[] _sorted;
        private readonly int[] _rank, _count;
        private readonly int _block;

        public MedianResampler(double[] samples)
        {
            _sorted = [.. samples];
            int[] order = [.. Enumerable.Range(0, samples.Length)];
            Array.Sort(_sorted, order);
            _rank = new int[samples.Length];
            for (int r = 0; r < order.Length; r++)
                _rank[order[r]] = r;
            _count = new int[samples.Length];
            _block = BlockLength(samples);
            Median = SampleStatistics.Median(samples);
        }

        public double Median { get; }

        public double Next(Random random)
        {
            int n = _rank.Length;
            Array.Clear(_count);
            for (int drawn = 0; drawn < n;)
            {
                int at = random.Next(n), end = Math.Min(drawn + _block, n);
                for (; drawn < end; drawn++)
                {
                    _count[_rank[at]]++;
                    at = at + 1 == n ? 0 : at + 1;
                }
            }

            return (Ordered((n - 1) / 2) + Ordered(n / 2)) / 2;
        }

        /// <summary>The k-th smallest of the drawn samples, from 0.</summary>
        private double Ordered(int k)
        {
            int rank = 0;
            for (int seen = _count[0]; seen <= k; seen += _count[rank])
                rank++;
            return _sorted[rank];
        }
    }
}
