using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace RfDetr.Checkpoints;

/// <summary>Plain values as JSON and back: how safetensors metadata carries a checkpoint's arguments.</summary>
/// <remarks>
/// Tuples come back as lists and keys as text; tensors are left out. Integers and decimals stay apart ("1" and "1.0");
/// NaN and infinities become the texts "NaN", "Infinity", "-Infinity", as JSON has no numbers for them.
/// </remarks>
internal static class PlainJson
{
    public static string Write(object? value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonStyle.Compact))
            Write(writer, value);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <exception cref="CheckpointFormatException">The text is not JSON.</exception>
    public static object? Read(string json, string fileName)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointFormatException($"{fileName}: its metadata is not JSON ({e.Message})", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or StoredTensor: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case BigInteger number: writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number when double.IsFinite(number): writer.WriteRawValue(Decimal(number)); break;
            case double number: writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
            case PlainMap map:
                writer.WriteStartObject();
                foreach ((object key, object? item) in map)
                {
                    if (item is StoredTensor)
                        continue;
                    writer.WritePropertyName(Convert.ToString(key, CultureInfo.InvariantCulture) ?? "");
                    Write(writer, item);
                }

                writer.WriteEndObject();
                break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (object? item in list)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"a {value.GetType().Name} is no plain value", nameof(value));
        }
    }

    private static string Decimal(double number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny(".E") ? text : text + ".0";
    }

    private static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number:
                string raw = element.GetRawText();
                if (raw.AsSpan().ContainsAny(".eE"))
                    return element.GetDouble();
                if (element.TryGetInt64(out long integer))
                    return integer;
                return raw.Length <= PickleLimits.MaxIntegerBytes
                    ? (object)BigInteger.Parse(raw, CultureInfo.InvariantCulture)
                    : element.GetDouble();
            case JsonValueKind.Array:
                var list = new List<object?>();
                foreach (JsonElement item in element.EnumerateArray())
                    list.Add(Read(item));
                return list;
            case JsonValueKind.Object:
                var map = new PlainMap();
                foreach (JsonProperty property in element.EnumerateObject())
                    map.Set(property.Name, Read(property.Value));
                return map;
            default: return null;
        }
    }
}
