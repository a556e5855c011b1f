using System.Text.Json.Serialization;
using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>A detector's evaluation; <c>segm</c> is left out where no masks were compared.</summary>
internal sealed record DetectorEvaluationDocument(
    EvaluatedModelDocument Model, string Data, string Split, IReadOnlyList<MappedClassDocument> ClassMap,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EvaluationDocument? Bbox,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EvaluationDocument? Segm,
    EvaluationTimesDocument TimeMs)
{
    public static DetectorEvaluationDocument Of(DetectorEvaluation e, string data, bool curves) => new(
        new(e.Model.Name, e.Model.Variant, e.Model.Engine), data, e.Split.Name,
        [
            .. e.Classes.ByLabel.OrderBy(pair => pair.Key).Select(pair => new MappedClassDocument(
                pair.Key, e.Model.Classes.NameOf(pair.Key), pair.Value.Name, pair.Value.CategoryId)),
        ],
        EvaluationDocument.Of(e.Summary.Boxes, curves),
        e.Summary.Masks is { } masks ? EvaluationDocument.Of(masks, curves) : null, EvaluationTimesDocument.Of(e.Times));
}

/// <summary>The model that was evaluated.</summary>
internal sealed record EvaluatedModelDocument(string Name, string Variant, string Engine);

/// <summary>A class of the model and the class of the data set that it is compared with.</summary>
internal sealed record MappedClassDocument(int Label, string Model, string Data, long CategoryId);

/// <summary>Milliseconds: of all images together, then the mean of each stage; rounded to microseconds.</summary>
internal sealed record EvaluationTimesDocument(
    double Total, double Decode, double Preprocess, double Inference, double Postprocess)
{
    public static EvaluationTimesDocument Of(EvaluationTimes t) => new(
        Math.Round(t.TotalMs, 3), Math.Round(t.Mean.DecodeMs, 3), Math.Round(t.Mean.PreprocessMs, 3),
        Math.Round(t.Mean.InferenceMs, 3), Math.Round(t.Mean.PostprocessMs, 3));
}

/// <summary>Compiled serialization of evaluations.</summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)
]
[JsonSerializable(typeof(DetectorEvaluationDocument))]
internal sealed partial class EvaluationJsonContext : JsonSerializerContext;
