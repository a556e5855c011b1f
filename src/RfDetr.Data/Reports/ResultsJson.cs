using System.Text.Json;
using System.Text.Json.Serialization;

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
            JsonSerializer.Serialize(json, ResultsDocument.Of(splits), DataJson.Default.ResultsDocument);
        }, flushToDisk: false);
    }
}

/// <summary>Content of <c>results.json</c>.</summary>
internal sealed record ResultsDocument(
    IReadOnlyDictionary<string, IReadOnlyList<ResultRowDocument>> ClassMap, string Kind, double Map, double Precision,
    double Recall,
    [property: JsonPropertyName("f1_score")] double F1,
    double ConfidenceThreshold)
{
    public static ResultsDocument Of(IReadOnlyList<(string Split, EvaluationResult Result)> splits)
    {
        EvaluationResult main = splits[0].Result;
        OperatingPoint best = main.Sweep.Best;
        return new(
            splits.ToDictionary(s => s.Split, s => Rows(s.Result)), EvaluationDocument.NameOf(main.Kind), main.Metrics.Stats[1],
            best.Precision, best.Recall, best.F1, best.Threshold);
    }

    private static IReadOnlyList<ResultRowDocument> Rows(EvaluationResult result) =>
    [
        .. result.Classes.Where(c => c.Objects > 0)
            .Select(c => ResultRowDocument.Of(c.Class.Name, c.Ap, c.Ap50, c.AtBest)),
        ResultRowDocument.Of("all", result.Metrics.Stats[0], result.Metrics.Stats[1], result.Sweep.Best),
    ];
}

/// <summary>One class of a split, or all of them.</summary>
internal sealed record ResultRowDocument(
    string Class,
    [property: JsonPropertyName("map@50:95")] double Map,
    [property: JsonPropertyName("map@50")] double Map50,
    double Precision, double Recall,
    [property: JsonPropertyName("f1_score")] double F1)
{
    public static ResultRowDocument Of(string name, double ap, double ap50, OperatingPoint point) =>
        new(name, ap, ap50, point.Precision, point.Recall, point.F1);
}
