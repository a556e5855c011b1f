using System.Text.Json;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>compare</c> writes.</summary>
internal sealed record CompareDocument(
    bool Passed, string Verdict, string Metric, double MaxSlowdown, double Confidence,
    IReadOnlyList<SeriesComparisonDocument> Series, IReadOnlyList<AccuracyComparison> Accuracy,
    IReadOnlyList<EnvironmentDifference> Differences)
{
    public static CompareDocument Of(BenchmarkComparison result, bool passed) => new(
        passed, Name(result.Verdict), result.Options.Metric, result.Options.MaxSlowdown, result.Options.Confidence,
        [.. result.Series.Select(SeriesComparisonDocument.Of)], result.Accuracy, result.Differences);

    public static string Name(Verdict verdict) => JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.ToString());
}

/// <summary>One series in both reports.</summary>
internal sealed record SeriesComparisonDocument(
    int Batch, int Callers, double ThroughputRatio, double? MachineRatio, IReadOnlyList<StageComparisonDocument> Stages)
{
    public static SeriesComparisonDocument Of(SeriesComparison s) =>
        new(s.Batch, s.Callers, s.ThroughputRatio, s.MachineRatio, [.. s.Stages.Select(StageComparisonDocument.Of)]);
}

/// <summary>One stage in both reports, with the interval of the ratio of its medians.</summary>
internal sealed record StageComparisonDocument(
    string Name, double MedianA, double MedianB, double Ratio, double Low, double High, string Verdict, string? Reason)
{
    public static StageComparisonDocument Of(StageComparison s) => new(
        s.Name, s.MedianA, s.MedianB, s.Ratio.Value, s.Ratio.Low, s.Ratio.High, CompareDocument.Name(s.Verdict), s.Reason);
}
