using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RfDetr.Checkpoints;
using RfDetr.Cli.Commands;
using RfDetr.Onnx;

namespace RfDetr.Cli.Documents;

/// <summary>
/// Document that <c>inspect</c> writes. <c>quantization</c> and <c>onnx</c> are left out where there is none, <c>tensors</c>
/// unless asked for.
/// </summary>
internal sealed record InspectionDocument(
    string File, string Container, long Bytes, string Sha256, string Md5, string? Hosted, string Variant, long? Parameters,
    IReadOnlyDictionary<string, long> Parts, int? Height, int? Width, string Resize, string ResizeSource, string? License,
    bool HasEma,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BestThreshold,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuantizationDocument? Quantization,
    string ClassRule, int? Logits, IReadOnlyList<ModelClassDocument> Classes, JsonNode? Args,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OnnxDocument? Onnx,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TensorDocument>? Tensors,
    IReadOnlyList<string> Warnings)
{
    public static InspectionDocument Of(ModelInspection m, bool tensors) => new(
        m.File, m.Container, m.Bytes, m.Digests.Sha256, m.Digests.Md5, m.Hosted?.FileName, m.Variant, m.Parameters,
        m.Parts.ToDictionary(p => p.Name, p => p.Values), m.Input?.Height, m.Input?.Width, m.ResizeRule.ToString(),
        m.ResizeSource, m.License, m.HasEma,
        m.BestThreshold,
        m.Quantization is { } policy ? QuantizationDocument.Of(policy) : null,
        m.Classes?.Source ?? InspectionText.UnknownClasses, m.Classes?.ClassLogits,
        [.. (m.Classes?.Entries ?? []).Select(e => new ModelClassDocument(e.DatasetId, e.Label, e.Label, e.Label, e.Name))],
        Plain(m.Args), m.Onnx is { } onnx ? OnnxDocument.Of(onnx) : null,
        tensors ? [.. m.Tensors.Select(t => new TensorDocument(t.Name, t.ElementType, t.Shape))] : null, m.Warnings);

    // Arguments are plain values; tensors among them are left out.
    private static JsonNode? Plain(object? value)
    {
        switch (value)
        {
            case string text: return JsonValue.Create(text);
            case bool flag: return JsonValue.Create(flag);
            case long number: return JsonValue.Create(number);
            case double number when double.IsFinite(number): return JsonValue.Create(number);
            case PlainMap map:
                var entries = new JsonObject();
                foreach ((object key, object? item) in map)
                    entries[Convert.ToString(key, CultureInfo.InvariantCulture) ?? ""] = Plain(item);
                return entries;
            case IReadOnlyList<object?> list: return new JsonArray([.. list.Select(Plain)]);
            case null or StoredTensor: return null;
            default: return JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>A class of a model in its four numberings.</summary>
internal sealed record ModelClassDocument(long? DatasetId, int TrainingIndex, int Logit, int OutputId, string Name);

/// <summary>A stored tensor.</summary>
internal sealed record TensorDocument(string Name, string Type, IReadOnlyList<int> Shape);

/// <summary>Facts that an ONNX file states about itself.</summary>
internal sealed record OnnxDocument(
    string Producer, IReadOnlyDictionary<string, long> Opsets, int Nodes, IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs)
{
    public static OnnxDocument Of(OnnxModelInfo onnx) => new(
        $"{onnx.ProducerName} {onnx.ProducerVersion}".Trim(),
        onnx.OperatorSets.ToDictionary(o => o.Key.Length == 0 ? "ai.onnx" : o.Key, o => o.Value),
        onnx.NodeCount, [.. onnx.Inputs.Select(v => v.ToString())], [.. onnx.Outputs.Select(v => v.ToString())]);
}
