using System.Text.RegularExpressions;

namespace RfDetr.Tests.House;

/// <summary>Rules on the text of source files; each gives one sentence per violation.</summary>
internal static partial class TextRules
{
    public const int LineLength = 130;

    /// <summary>Lines fit beside a diff or a second file on a screen; literals and raw texts are no exception.</summary>
    public static IEnumerable<string> LongLines(SourceFile file)
    {
        string[] lines = file.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > LineLength)
                yield return $"{file.Path}:{i + 1}: {lines[i].Length} characters; the most is {LineLength}";
        }
    }

    /// <summary>A summary names its subject: "The threads that …", not "What runs …".</summary>
    public static IEnumerable<string> HeadlessSummaries(SourceFile file) =>
        HeadlessSummary().Matches(file.Text).Select(m =>
            $"{file.Path}:{file.Text.AsSpan(0, m.Index).Count('\n') + 1}: '{m.Groups["word"].Value}' "
                + "begins a summary without a subject: name the thing");

    /// <summary>American English, as .NET's own names are.</summary>
    public static IEnumerable<string> BritishWords(SourceFile file) =>
        Matches(file, BritishWord(), "is British spelling; write it as .NET does");

    /// <summary>Nothing is left for later, and no test is switched off.</summary>
    public static IEnumerable<string> Unfinished(SourceFile file) =>
        Matches(file, UnfinishedWords(), "is left for later: finish it or open an issue");

    /// <summary>Libraries report through results, exceptions and IProgress.</summary>
    public static IEnumerable<string> ConsoleUse(SourceFile file) => Matches(file, ConsoleWord(), "prints from a library");

    /// <summary>Nothing names the machine it was written on.</summary>
    public static IEnumerable<string> MachinePaths(SourceFile file) =>
        Matches(file, MachinePath(), "names a place on one machine");

    /// <summary>Packages come from the public registries, so that a clean clone builds anywhere.</summary>
    public static IEnumerable<string> Registries(SourceFile file) =>
        RegistryAddress().Matches(file.Text)
            .Select(m => m.Groups["host"].Value)
            .Where(host => host is not "api.nuget.org")
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

    [GeneratedRegex(@"<summary>\s*(///\s*)?(?<word>What|Whether|Which|How|Where|Who)\b")]
    private static partial Regex HeadlessSummary();

    // "optimise" and its kind by stem; "-ise" alone would also find "precise" and "noise". "colourspace" and "grey16" are
    // libvips'.
    [GeneratedRegex(
        "colour(?!space)|licence|centre|behaviour|neighbour|favour|honour|labelled|labelling|modelled|cancelled|cancelling|"
            + "grey(?!hound|16)|catalogue|artefact|"
            + "(normal|optim|initial|serial|quant|summar|organ|recogn|minim|maxim|local|general|special|vector|parallel)"
            + @"is(e[drs]?|ing|ation)\b|analys(e[drs]?|ing)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex BritishWord();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException|\bSkip\s*=\s*""")]
    private static partial Regex UnfinishedWords();

    [GeneratedRegex(@"(?<![\w.])(System\.)?Console\s*\.")]
    private static partial Regex ConsoleWord();

    [GeneratedRegex(@"(?<![\w.])(/home/\w+|/root/|/Users/\w+|/mnt/\w+|[A-Z]:\\Users)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"(?:""resolved"":\s*""|value=""|registry\s*=\s*)https?://(?<host>[^/""\s]+)")]
    private static partial Regex RegistryAddress();
}
