namespace RfDetr.Bench;

/// <summary>Milliseconds of repeated runs.</summary>
internal sealed class Samples(string name)
{
    private readonly List<double> _ms = [];

    public string Name { get; } = name;

    public double Median => Quantile(0.5);

    public void Add(double ms) => _ms.Add(ms);

    public double Quantile(double q)
    {
        double[] sorted = [.. _ms.Order()];
        return sorted[(int)Math.Round(q * (sorted.Length - 1))];
    }

    /// <summary>Median of the ratios of runs that were made next to each other: holds when the machine's speed drifts.</summary>
    public double RatioTo(Samples baseline)
    {
        double[] ratios = [.. _ms.Zip(baseline._ms, (a, b) => a / b).Order()];
        return ratios[ratios.Length / 2];
    }

    public override string ToString() =>
        $"{Name,-44} median {Median,8:F2} ms   min {Quantile(0),8:F2}   p90 {Quantile(0.9),8:F2}";
}
