using System.Text.Encodings.Web;
using System.Text.Json;

namespace RfDetr.Cli.Framework;

/// <summary>How documents of the command line look.</summary>
internal static class JsonStyle
{
    /// <summary>For documents that people read too; text is not for HTML, so '+' and 'é' stay themselves.</summary>
    public static JsonWriterOptions Indented { get; } =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
