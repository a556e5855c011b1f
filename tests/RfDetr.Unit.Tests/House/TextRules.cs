using System.Text.RegularExpressions;

namespace RfDetr.Tests.House;

/// <summary>Rules on the text of source files; each gives one sentence per violation.</summary>
internal static partial class TextRules
{
    public const int SourceLines = 250, AnyLines = 400;

    /// <summary>A file of src has at most <see cref="SourceLines"/> lines unless it is listed with a reason; no file has more than <see cref="AnyLines"/>.</summary>
    public static IEnumerable<string> Length(SourceFile file, IReadOnlyDictionary<string, string> reasons)
    {
        int lines = file.Lines.Length;
        if (lines > AnyLines)
            yield return $"{file.Path} has {lines} lines, the most is {AnyLines}: split it by idea";
        else if (lines > SourceLines && file.Path.StartsWith("src/", StringComparison.Ordinal) && !reasons.ContainsKey(file.Path))
            yield return $"{file.Path} has {lines} lines: split it by idea, or give the reason why {SourceLines} do not do in FileLengthTests";
    }

    /// <summary>Nothing is left for later, and no test is switched off.</summary>
    public static IEnumerable<string> Unfinished(SourceFile file) => Matches(file, UnfinishedWords(), "is left for later: finish it or open an issue");

    /// <summary>Libraries report through results, exceptions and IProgress.</summary>
    public static IEnumerable<string> ConsoleUse(SourceFile file) => Matches(file, ConsoleWord(), "prints from a library");

    /// <summary>Nothing names the machine it was written on.</summary>
    public static IEnumerable<string> MachinePaths(SourceFile file) => Matches(file, MachinePath(), "names a place on one machine");

    /// <summary>Packages come from the public registries, so that a clean clone builds anywhere.</summary>
    public static IEnumerable<string> Registries(SourceFile file) =>
        RegistryAddress().Matches(file.Text)
            .Select(m => m.Groups["host"].Value)
            .Where(host => host is not ("registry.npmjs.org" or "api.nuget.org"))
            .Distinct()
            .Select(host => $"{file.Path} fetches packages from '{host}'; only the public registries may be named");

    private static IEnumerable<string> Matches(SourceFile file, Regex pattern, string complaint)
    {
        string[] lines = file.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (pattern.Match(lines[i]) is { Success: true } match)
                yield return $"{file.Path}:{i + 1}: '{match.Value.Trim()}' {complaint}";
        }
    }

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException|\bSkip\s*=\s*""")]
    private static partial Regex UnfinishedWords();

    [GeneratedRegex(@"(?<![\w.])(System\.)?Console\s*\.")]
    private static partial Regex ConsoleWord();

    [GeneratedRegex(@"(?<![\w.])(/home/\w+|/root/|/Users/\w+|/mnt/\w+|[A-Z]:\\Users)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"(?:""resolved"":\s*""|value=""|registry\s*=\s*)https?://(?<host>[^/""\s]+)")]
    private static partial Regex RegistryAddress();
}
