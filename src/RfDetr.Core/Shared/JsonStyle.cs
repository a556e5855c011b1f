using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RfDetr;

/// <summary>
/// Style of all JSON that this library writes. Text is not for HTML: '+', 'é' and run lengths with '&lt;' stay themselves, which
/// JSON allows and readers expect.
/// </summary>
internal static class JsonStyle
{
    /// <summary>On one line, for programs.</summary>
    public static JsonWriterOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>On many lines, for documents that people read too.</summary>
    public static JsonWriterOptions Indented { get; } = Compact with { Indented = true };

    /// <summary>A document as bytes in UTF-8, compact.</summary>
    public static ReadOnlyMemory<byte> ToUtf8<T>(T document, JsonTypeInfo<T> type)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Compact))
            JsonSerializer.Serialize(json, document, type);
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    /// <summary>A text in quotes, which are YAML's too.</summary>
    public static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
