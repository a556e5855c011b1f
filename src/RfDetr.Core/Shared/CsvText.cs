namespace RfDetr;

/// <summary>Fields of CSV files as RFC 4180 has them.</summary>
internal static class CsvText
{
    /// <summary>The field, in quotation marks where it holds a comma, a quotation mark or a line end.</summary>
    public static string Field(string text) => text.AsSpan().ContainsAny(",\"\r\n")
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
