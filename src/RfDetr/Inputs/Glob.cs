using System.IO.Enumeration;

namespace RfDetr;

/// <summary>
/// File patterns, for shells that do not expand them (Windows) and for patterns in quotes: <c>*</c> and <c>?</c> within a name,
/// <c>**</c> for any depth of folders.
/// </summary>
internal static class Glob
{
    private static readonly EnumerationOptions s_options = new() { AttributesToSkip = FileAttributes.System };

    // Names differ by case where the file system says so.
    private static readonly bool s_ignoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?');

    /// <summary>Existing files, each once, in no particular order; paths begin as the pattern does.</summary>
    public static IEnumerable<string> Expand(string pattern)
    {
        string root = Path.GetPathRoot(pattern) ?? "";
        string[] parts = pattern[root.Length..].Split(
            OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? [] : Walk(root, parts).Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Walk(string folder, ReadOnlyMemory<string> parts)
    {
        string part = parts.Span[0];
        ReadOnlyMemory<string> rest = parts[1..];
        if (part == "**")
        {
            // No folder, or one folder more and again.
            IEnumerable<string> here = Walk(folder, rest.IsEmpty ? (string[])["*"] : rest);
            return here.Concat(Folders(folder, "*", links: false).SelectMany(below => Walk(below, parts)));
        }

        if (rest.IsEmpty)
            return Files(folder, part);
        return IsPattern(part)
            ? Folders(folder, part, links: true).SelectMany(below => Walk(below, rest))
            : Directory.Exists(Path.Combine(folder, part)) ? Walk(Path.Combine(folder, part), rest) : [];
    }

    private static IEnumerable<string> Files(string folder, string part)
    {
        if (!IsPattern(part))
            return File.Exists(Path.Combine(folder, part)) ? [Path.Combine(folder, part)] : [];
        return new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFiles("*", s_options)
            .Where(file => Matches(part, file)).Select(file => Path.Combine(folder, file.Name));
    }

    // "**" does not follow links: they may lead back up.
    private static IEnumerable<string> Folders(string folder, string part, bool links) =>
        new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateDirectories("*", s_options)
            .Where(below =>
                Matches(part, below) && (links || below.LinkTarget is null)).Select(below => Path.Combine(folder, below.Name));

    // As in shells, a leading dot must be asked for.
    private static bool Matches(string part, FileSystemInfo entry) =>
        (part[0] == '.' || entry.Name[0] != '.') && FileSystemName.MatchesSimpleExpression(part, entry.Name, s_ignoreCase);
}
