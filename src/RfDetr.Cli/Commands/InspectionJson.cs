using System.Globalization;
using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Onnx;

namespace RfDetr.Cli.Commands;

/// <summary>A model inspection for programs.</summary>
internal static class InspectionJson
{
    public static void Write(Utf8JsonWriter json, ModelInspection m, bool tensors)
    {
        json.WriteStartObject();
        json.WriteString("file", m.File);
        json.WriteString("container", m.Container);
        json.WriteNumber("bytes", m.Bytes);
        json.WriteString("sha256", m.Digests.Sha256);
        json.WriteString("md5", m.Digests.Md5);
        json.WriteString("hosted", m.Hosted?.FileName);
        json.WriteString("variant", m.Variant);
        Number(json, "parameters", m.Parameters);
        json.WriteStartObject("parts");
        foreach (InspectedPart part in m.Parts)
            json.WriteNumber(part.Name, part.Values);
        json.WriteEndObject();
        Number(json, "height", m.Input?.Height);
        Number(json, "width", m.Input?.Width);
        json.WriteString("resize", m.ResizeRule.ToString());
        json.WriteString("resize_source", m.ResizeSource);
        json.WriteString("license", m.License);
        if (m.BestThreshold is { } threshold)
            json.WriteNumber("best_threshold", threshold);
        json.WriteBoolean("has_ema", m.HasEma);
        if (m.Quantization is { } policy)
        {
            json.WritePropertyName("quantization");
            QuantizationText.Write(json, policy);
        }

        Classes(json, m.Classes);
        json.WritePropertyName("args");
        Plain(json, m.Args);
        if (m.Onnx is { } onnx)
            Onnx(json, onnx);
        if (tensors)
            Tensors(json, m.Tensors);
        json.WriteStartArray("warnings");
        foreach (string warning in m.Warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Classes(Utf8JsonWriter json, ClassMap? classes)
    {
        json.WriteString("class_rule", classes?.Source ?? InspectionText.UnknownClasses);
        Number(json, "logits", classes?.ClassLogits);
        json.WriteStartArray("classes");
        foreach (ClassEntry entry in classes?.Entries ?? [])
        {
            json.WriteStartObject();
            Number(json, "dataset_id", entry.DatasetId);
            json.WriteNumber("training_index", entry.Label);
            json.WriteNumber("logit", entry.Label);
            json.WriteNumber("output_id", entry.Label);
            json.WriteString("name", entry.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Onnx(Utf8JsonWriter json, OnnxModelInfo onnx)
    {
        json.WriteStartObject("onnx");
        json.WriteString("producer", $"{onnx.ProducerName} {onnx.ProducerVersion}".Trim());
        json.WriteStartObject("opsets");
        foreach ((string domain, long version) in onnx.OperatorSets)
            json.WriteNumber(domain.Length == 0 ? "ai.onnx" : domain, version);
        json.WriteEndObject();
        json.WriteNumber("nodes", onnx.NodeCount);
        Values(json, "inputs", onnx.Inputs);
        Values(json, "outputs", onnx.Outputs);
        json.WriteEndObject();
    }

    private static void Values(Utf8JsonWriter json, string name, IReadOnlyList<OnnxValueInfo> values)
    {
        json.WriteStartArray(name);
        foreach (OnnxValueInfo value in values)
            json.WriteStringValue(value.ToString());
        json.WriteEndArray();
    }

    private static void Tensors(Utf8JsonWriter json, IReadOnlyList<InspectedTensor> tensors)
    {
        json.WriteStartArray("tensors");
        foreach (InspectedTensor tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("type", tensor.ElementType);
            json.WriteStartArray("shape");
            foreach (int size in tensor.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Arguments are plain values; tensors among them are left out.
    private static void Plain(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case PlainMap map:
                json.WriteStartObject();
                foreach ((object key, object? item) in map)
                {
                    json.WritePropertyName(Convert.ToString(key, CultureInfo.InvariantCulture) ?? "");
                    Plain(json, item);
                }

                json.WriteEndObject();
                break;
            case IReadOnlyList<object?> list:
                json.WriteStartArray();
                foreach (object? item in list)
                    Plain(json, item);
                json.WriteEndArray();
                break;
            case null or StoredTensor: json.WriteNullValue(); break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
