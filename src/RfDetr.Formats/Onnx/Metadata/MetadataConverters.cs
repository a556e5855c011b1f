using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Onnx;

/// <summary>A name, or in formats without names a position, which becomes its digits.</summary>
internal sealed class NameOrIndexConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadOne(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    public static string ReadOne(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number when reader.TryGetInt32(out int index) => index.ToString(CultureInfo.InvariantCulture),
        _ => throw new JsonException($"expected a name or a position, found {reader.TokenType}"),
    };
}

/// <summary>Meaning → name (or position) of the outputs.</summary>
internal sealed class OutputMapConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    public override IReadOnlyDictionary<string, string> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"expected an object, found {reader.TokenType}");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string meaning = reader.GetString()!;
            reader.Read();
            map[meaning] = NameOrIndexConverter.ReadOne(ref reader);
        }

        return map;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string meaning, string name) in value)
            writer.WriteString(meaning, name);
        writer.WriteEndObject();
    }
}
