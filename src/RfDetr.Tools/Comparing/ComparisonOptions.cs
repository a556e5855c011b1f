using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>When a difference between two benchmark reports counts.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The stage that decides, one of <see cref="BenchmarkStages"/>.</summary>
    public string Metric { get; init; } = BenchmarkStages.EndToEnd;

    /// <summary>Slow-down of the median that is still accepted: 0.02 is 2 %. 0..10.</summary>
    public double MaxSlowdown { get; init; } = 0.02;

    /// <summary>Confidence of the intervals, more than 0.5 and less than 1.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Loss of average precision (0..1) that is still accepted; null: not looked at.</summary>
    public double? MaxApDrop { get; init; }

    /// <summary>Resampled pairs of series behind each interval; 100..100,000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Begin of the random sequence: equal reports give equal answers.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Compares even where machine, images or measurement differ.</summary>
    public bool AnyEnvironment { get; init; }

    internal void Validate()
    {
        var wrong = new List<string>();
        if (!BenchmarkStages.All.Contains(Metric))
            wrong.Add($"{nameof(Metric)} is '{Metric}', expected {string.Join(", ", BenchmarkStages.All)}");
        if (!(MaxSlowdown is >= 0 and <= 10))
            wrong.Add(Text($"{nameof(MaxSlowdown)} is {MaxSlowdown}, expected 0..10"));
        if (!(Confidence is > 0.5 and < 1))
            wrong.Add(Text($"{nameof(Confidence)} is {Confidence}, expected more than 0.5 and less than 1"));
        if (MaxApDrop is { } drop && !(drop is >= 0 and <= 1))
            wrong.Add(Text($"{nameof(MaxApDrop)} is {drop}, expected 0..1"));
        if (Resamples is < 100 or > 100_000)
            wrong.Add(Text($"{nameof(Resamples)} is {Resamples}, expected 100..100000"));
        if (wrong.Count > 0)
            throw new ArgumentException("compare options: " + string.Join("; ", wrong));
    }
}
