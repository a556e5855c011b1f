using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RfDetr.Onnx;

/// <summary>Adds the default values of absent fields to JSON before it is read into a record.</summary>
/// <remarks>
/// Compiled readers set all init-only properties, absent ones to null or 0: the initializers in the record would be lost.
/// </remarks>
internal sealed class JsonDefaults
{
    private readonly JsonElement _template;
    private readonly HashSet<string> _required;

    private JsonDefaults(JsonElement template, HashSet<string> required)
    {
        _template = template;
        _required = required;
    }

    /// <summary>Takes the defaults from an instance; its required properties do not count.</summary>
    public static JsonDefaults Of<T>(T template, JsonTypeInfo<T> type)
    {
        using JsonDocument document = JsonSerializer.SerializeToDocument(template, type);
        return new JsonDefaults(
            document.RootElement.Clone(),
            [.. type.Properties.Where(property => property.IsRequired).Select(property => property.Name)]);
    }

    /// <summary>The same text with the defaults of fields that it lacks; anything but an object stays as it is.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public string Complete(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return json;
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
                property.WriteTo(writer);
            foreach (JsonProperty property in _template.EnumerateObject())
            {
                if (!_required.Contains(property.Name) && !document.RootElement.TryGetProperty(property.Name, out _))
                    property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
