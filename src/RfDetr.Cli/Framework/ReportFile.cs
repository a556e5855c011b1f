namespace RfDetr.Cli.Framework;

/// <summary>The file of <c>--report</c>.</summary>
internal static class ReportFile
{
    /// <summary>The path if it may be written: a page, never an image or a model that stands there by mistake.</summary>
    public static string? Check(string? path)
    {
        if (path is null || Path.GetExtension(path).ToLowerInvariant() is ".html" or ".htm")
            return path;
        throw new ArgumentException($"--report '{path}' is a page for a browser; its name must end in .html");
    }
}
