using System.Text.Encodings.Web;
using System.Text.Json;

namespace RfDetr.Cli.Framework;

/// <summary>Style of the command line's JSON documents.</summary>
internal static class JsonStyle
{
    /// <summary>For documents that people read too; text is not for HTML, so '+' and 'é' stay themselves.</summary>
    public static JsonWriterOptions Indented { get; } =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
