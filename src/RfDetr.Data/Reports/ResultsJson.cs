using System.Text.Json;

namespace RfDetr.Data;

/// <summary>
/// <c>results.json</c> of a run, as rf-detr writes it: <c>{"class_map": {"valid": [{"class", "map@50:95", "map@50", "precision",
/// "recall", "f1_score"}, …, {"class": "all", …}]}, "map", "precision", "recall", "f1_score"}</c>.
/// </summary>
/// <remarks>
/// Precision, recall and F1 are at IoU 0.5 and the score threshold of the highest macro F1; <c>map</c> is AP at IoU 0.5, as
/// there. Classes without objects are left out. The numbers outside of <c>class_map</c> are of the first split;
/// <c>confidence_threshold</c> and <c>kind</c> are ours.
/// </remarks>
internal static class ResultsJson
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true };

    /// <summary>Writes the file; it appears only when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="splits">Results by split, at least one; the first is the main one.</param>
    /// <exception cref="ArgumentException">There is no split.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<(string Split, EvaluationResult Result)> splits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(splits);
        if (splits.Count == 0)
            throw new ArgumentException("results of at least one split are needed", nameof(splits));
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, s_options);
            Write(json, splits);
        }, flushToDisk: false);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<(string Split, EvaluationResult Result)> splits)
    {
        json.WriteStartObject();
        json.WriteStartObject("class_map");
        foreach ((string split, EvaluationResult result) in splits)
        {
            json.WriteStartArray(split);
            foreach (ClassResult one in result.Classes.Where(c => c.Objects > 0))
                Row(json, one.Class.Name, one.Ap, one.Ap50, one.AtBest);
            Row(json, "all", result.Metrics.Stats[0], result.Metrics.Stats[1], result.Sweep.Best);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        EvaluationResult main = splits[0].Result;
        json.WriteString("kind", main.Kind == EvaluationKind.Boxes ? "bbox" : "segm");
        json.WriteNumber("map", main.Metrics.Stats[1]);
        Point(json, main.Sweep.Best);
        json.WriteNumber("confidence_threshold", main.Sweep.Best.Threshold);
        json.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter json, string name, double ap, double ap50, OperatingPoint point)
    {
        json.WriteStartObject();
        json.WriteString("class", name);
        json.WriteNumber("map@50:95", ap);
        json.WriteNumber("map@50", ap50);
        Point(json, point);
        json.WriteEndObject();
    }

    private static void Point(Utf8JsonWriter json, OperatingPoint point)
    {
        json.WriteNumber("precision", point.Precision);
        json.WriteNumber("recall", point.Recall);
        json.WriteNumber("f1_score", point.F1);
    }
}
