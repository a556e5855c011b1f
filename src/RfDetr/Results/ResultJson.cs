using System.Text.Encodings.Web;
using System.Text.Json;

namespace RfDetr;

/// <summary>What the JSON writers have in common.</summary>
internal static class ResultJson
{
    /// <summary>On one line; characters of run lengths such as '&lt;' stay themselves, which JSON allows and readers expect.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A number with as many digits as reading it back needs; JSON has none for infinity and NaN, which become null.</summary>
    public static void WriteFinite(this Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }

    /// <summary>COCO's compressed run lengths: <c>{"size": [h, w], "counts": "…"}</c>.</summary>
    public static void WriteMask(this Utf8JsonWriter json, string name, RleMask mask)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("size");
        json.WriteNumberValue(mask.Height);
        json.WriteNumberValue(mask.Width);
        json.WriteEndArray();
        json.WriteString("counts", mask.ToCompressedString());
        json.WriteEndObject();
    }
}
