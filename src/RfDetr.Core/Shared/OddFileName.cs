namespace RfDetr;

/// <summary>
/// Names of files that are not UTF-8. .NET lists them with U+FFFD in place of what it cannot read, and no file of that name is
/// there to be opened.
/// </summary>
internal static class OddFileName
{
    private const char Replacement = '\uFFFD';

    /// <summary>True if a path cannot be opened because of such a name.</summary>
    public static bool Hides(string path) =>
        path.Contains(Replacement, StringComparison.Ordinal) && !File.Exists(path) && !Directory.Exists(path);

    /// <summary>The message about such a name, from behind the path on.</summary>
    public const string Fault = "cannot be opened because its name is not UTF-8; rename it";
}
