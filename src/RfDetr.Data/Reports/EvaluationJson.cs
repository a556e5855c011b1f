using System.Globalization;
using System.Text.Json;

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
    /// <param name="curves">Whether precision over recall and the sweep over score thresholds are written too.</param>
    public static void Write(Utf8JsonWriter json, EvaluationResult result, bool curves = false)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteString("kind", result.Kind == EvaluationKind.Boxes ? "bbox" : "segm");
        json.WriteNumber("images", result.Images);
        json.WriteNumber("objects", result.Classes.Sum(c => c.Objects));
        Numbers(json, "max_detections", result.Metrics.Options.MaxDetections.Select(m => (double)m));
        Numbers(json, "stats", result.Metrics.Stats);
        json.WriteStartObject("per_category");
        foreach (ClassResult one in result.Classes)
            Write(json, one);
        json.WriteEndObject();
        json.WriteStartObject("best");
        json.WriteNumber("threshold", result.Sweep.Best.Threshold);
        Write(json, result.Sweep.Best);
        json.WriteEndObject();
        Write(json, result.Confusion, result.Classes);
        if (curves)
            WriteCurves(json, result);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClassResult one)
    {
        json.WriteStartObject(one.Class.Id.ToString(CultureInfo.InvariantCulture));
        json.WriteString("name", one.Class.Name);
        json.WriteNumber("objects", one.Objects);
        NumberOrNull(json, "AP", one.Ap);
        NumberOrNull(json, "AP50", one.Ap50);
        NumberOrNull(json, "AP75", one.Ap75);
        NumberOrNull(json, "AR", one.Ar);
        Write(json, one.AtBest);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OperatingPoint point)
    {
        json.WriteNumber("precision", point.Precision);
        json.WriteNumber("recall", point.Recall);
        json.WriteNumber("f1", point.F1);
    }

    private static void Write(Utf8JsonWriter json, ConfusionMatrix confusion, IReadOnlyList<ClassResult> classes)
    {
        json.WriteStartObject("confusion");
        json.WriteNumber("score_threshold", confusion.ScoreThreshold);
        json.WriteNumber("iou_threshold", confusion.IouThreshold);
        json.WriteStartArray("classes");
        foreach (ClassResult one in classes)
            json.WriteStringValue(one.Class.Name);
        json.WriteStringValue("background");
        json.WriteEndArray();
        json.WriteStartArray("truth_by_found");
        for (int truth = 0; truth <= confusion.Background; truth++)
        {
            json.WriteStartArray();
            for (int found = 0; found <= confusion.Background; found++)
                json.WriteNumberValue(confusion[truth, found]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCurves(Utf8JsonWriter json, EvaluationResult result)
    {
        json.WriteStartObject("curves");
        Numbers(json, "recall_levels", EvaluationOptions.RecallLevels);
        Numbers(json, "mean_precision_at_iou50", PrecisionCurves.Mean(result.Metrics));
        json.WriteStartObject("precision_at_iou50");
        for (int k = 0; k < result.Classes.Count; k++)
        {
            if (result.Classes[k].Objects > 0)
                Numbers(
                    json, result.Classes[k].Class.Id.ToString(CultureInfo.InvariantCulture),
                    PrecisionCurves.OfClass(result.Metrics, k).ToArray());
        }

        json.WriteEndObject();
        Numbers(json, "score_thresholds", result.Sweep.Macro.Select(p => p.Threshold));
        Numbers(json, "macro_precision", result.Sweep.Macro.Select(p => p.Precision));
        Numbers(json, "macro_recall", result.Sweep.Macro.Select(p => p.Recall));
        Numbers(json, "macro_f1", result.Sweep.Macro.Select(p => p.F1));
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void NumberOrNull(Utf8JsonWriter json, string name, double value)
    {
        if (value < 0)
            json.WriteNull(name);
        else
            json.WriteNumber(name, value);
    }
}
