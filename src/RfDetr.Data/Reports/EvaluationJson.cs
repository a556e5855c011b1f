using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Data;

/// <summary>
/// An evaluation as JSON: <c>{"kind", "images", "max_detections", "stats": [the 12 numbers of pycocotools], "per_category": {"1":
/// {"name", "objects", "AP", "AP50", "AP75", "AR", "precision", "recall", "f1"}}, "best": {"threshold", "precision", "recall",
/// "f1"}, "confusion": {…}, "curves": {…}}</c>.
/// </summary>
/// <remarks>
/// What cannot be said is −1 in <c>stats</c>, as pycocotools has it, and null elsewhere. <c>per_category</c> has the data set's
/// ids as names. Precision, recall and F1 are at IoU 0.5 and the score threshold <c>best.threshold</c>, that of the highest mean
/// F1.
/// </remarks>
internal static class EvaluationJson
{
    /// <summary>Writes one object.</summary>
    /// <param name="json">Receives it.</param>
    /// <param name="result">The evaluation.</param>
    /// <param name="curves">True adds precision over recall and the sweep over score thresholds.</param>
    public static void Write(Utf8JsonWriter json, EvaluationResult result, bool curves = false)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        JsonSerializer.Serialize(json, EvaluationDocument.Of(result, curves), DataJson.Default.EvaluationDocument);
    }
}

/// <summary>One evaluation: of boxes, or of masks.</summary>
internal sealed record EvaluationDocument(
    string Kind, int Images, int Objects, IReadOnlyList<int> MaxDetections, IReadOnlyList<double> Stats,
    IReadOnlyDictionary<string, ClassResultDocument> PerCategory, BestPointDocument Best, ConfusionDocument Confusion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CurvesDocument? Curves)
{
    public static EvaluationDocument Of(EvaluationResult result, bool curves) => new(
        NameOf(result.Kind), result.Images, result.Classes.Sum(c => c.Objects), result.Metrics.Options.MaxDetections,
        result.Metrics.Stats, result.Classes.ToDictionary(c => Key(c.Class), ClassResultDocument.Of),
        BestPointDocument.Of(result.Sweep.Best), ConfusionDocument.Of(result.Confusion, result.Classes),
        curves ? CurvesDocument.Of(result) : null);

    /// <summary>COCO's name of a kind.</summary>
    public static string NameOf(EvaluationKind kind) => kind == EvaluationKind.Boxes ? "bbox" : "segm";

    /// <summary>Name of a class's entry in a document.</summary>
    public static string Key(EvaluationClass one) => one.Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One class; averages are null for a class without objects.</summary>
internal sealed record ClassResultDocument(
    string Name, int Objects,
    [property: JsonPropertyName("AP")] double? Ap,
    [property: JsonPropertyName("AP50")] double? Ap50,
    [property: JsonPropertyName("AP75")] double? Ap75,
    [property: JsonPropertyName("AR")] double? Ar,
    double Precision, double Recall, double F1)
{
    public static ClassResultDocument Of(ClassResult c) => new(
        c.Class.Name, c.Objects, Known(c.Ap), Known(c.Ap50), Known(c.Ap75), Known(c.Ar), c.AtBest.Precision, c.AtBest.Recall,
        c.AtBest.F1);

    private static double? Known(double value) => value < 0 ? null : value;
}

/// <summary>The score threshold of the highest mean F1.</summary>
internal sealed record BestPointDocument(double Threshold, double Precision, double Recall, double F1)
{
    public static BestPointDocument Of(OperatingPoint p) => new(p.Threshold, p.Precision, p.Recall, p.F1);
}

/// <summary>Counts of the true class in rows and the found one in columns; the last of both is the background.</summary>
internal sealed record ConfusionDocument(
    double ScoreThreshold, double IouThreshold, IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<int>> TruthByFound)
{
    public static ConfusionDocument Of(ConfusionMatrix confusion, IReadOnlyList<ClassResult> classes)
    {
        IEnumerable<int> all = Enumerable.Range(0, confusion.Background + 1);
        return new(
            confusion.ScoreThreshold, confusion.IouThreshold, [.. classes.Select(c => c.Class.Name), "background"],
            [.. all.Select(truth => (int[])[.. all.Select(found => confusion[truth, found])])]);
    }
}

/// <summary>Precision over recall, and the sweep over score thresholds.</summary>
internal sealed record CurvesDocument(
    IReadOnlyList<double> RecallLevels,
    [property: JsonPropertyName("mean_precision_at_iou50")] IReadOnlyList<double> MeanPrecision,
    [property: JsonPropertyName("precision_at_iou50")] IReadOnlyDictionary<string, double[]> Precision,
    IReadOnlyList<double> ScoreThresholds, IReadOnlyList<double> MacroPrecision, IReadOnlyList<double> MacroRecall,
    IReadOnlyList<double> MacroF1)
{
    public static CurvesDocument Of(EvaluationResult result)
    {
        var precision = new Dictionary<string, double[]>();
        for (int k = 0; k < result.Classes.Count; k++)
        {
            if (result.Classes[k].Objects > 0)
                precision.Add(EvaluationDocument.Key(result.Classes[k].Class), [.. PrecisionCurves.OfClass(result.Metrics, k)]);
        }

        IReadOnlyList<OperatingPoint> sweep = result.Sweep.Macro;
        return new(
            [.. EvaluationOptions.RecallLevels], PrecisionCurves.Mean(result.Metrics), precision,
            [.. sweep.Select(p => p.Threshold)], [.. sweep.Select(p => p.Precision)], [.. sweep.Select(p => p.Recall)],
            [.. sweep.Select(p => p.F1)]);
    }
}

/// <summary>Compiled serialization of evaluations.</summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)
]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(ResultsDocument))]
internal sealed partial class DataJson : JsonSerializerContext;
