using System.Text.Json;

namespace RfDetr.Cli.Commands;

/// <summary>A comparison for programs.</summary>
internal static class CompareJson
{
    public static void Write(Utf8JsonWriter json, BenchmarkComparison result, bool passed)
    {
        json.WriteStartObject();
        json.WriteBoolean("passed", passed);
        json.WriteString("verdict", Name(result.Verdict));
        json.WriteString("metric", result.Options.Metric);
        json.WriteNumber("max_slowdown", result.Options.MaxSlowdown);
        json.WriteNumber("confidence", result.Options.Confidence);
        json.WriteStartArray("series");
        foreach (SeriesComparison series in result.Series)
            Write(json, series);
        json.WriteEndArray();
        json.WriteStartArray("accuracy");
        foreach (AccuracyComparison a in result.Accuracy)
        {
            json.WriteStartObject();
            json.WriteString("kind", a.Kind);
            json.WriteNumber("a", a.A);
            json.WriteNumber("b", a.B);
            json.WriteBoolean("failed", a.Failed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("differences");
        foreach (EnvironmentDifference d in result.Differences)
        {
            json.WriteStartObject();
            json.WriteString("name", d.Name);
            json.WriteString("a", d.A);
            json.WriteString("b", d.B);
            json.WriteBoolean("blocks", d.Blocks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SeriesComparison series)
    {
        json.WriteStartObject();
        json.WriteNumber("batch", series.Batch);
        json.WriteNumber("callers", series.Callers);
        json.WriteNumber("throughput_ratio", series.ThroughputRatio);
        if (series.MachineRatio is { } machine)
            json.WriteNumber("machine_ratio", machine);
        else
            json.WriteNull("machine_ratio");
        json.WriteStartArray("stages");
        foreach (StageComparison s in series.Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", s.Name);
            json.WriteNumber("median_a", s.MedianA);
            json.WriteNumber("median_b", s.MedianB);
            json.WriteNumber("ratio", s.Ratio.Value);
            json.WriteNumber("low", s.Ratio.Low);
            json.WriteNumber("high", s.Ratio.High);
            json.WriteString("verdict", Name(s.Verdict));
            json.WriteString("reason", s.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Name(Verdict verdict) => JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.ToString());
}
