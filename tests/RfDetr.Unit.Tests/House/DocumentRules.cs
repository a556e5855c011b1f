using System.Text.RegularExpressions;

namespace RfDetr.Tests.House;

/// <summary>Rules on Markdown: links lead somewhere, and code that is shown is code that CI compiles and runs.</summary>
internal static partial class DocumentRules
{
    /// <summary>Relative links and images point at files that exist.</summary>
    public static IEnumerable<string> DeadLinks(SourceFile document, Func<string, bool> exists)
    {
        string folder = Path.GetDirectoryName(document.Path)!;
        foreach (Match link in Link().Matches(Fence().Replace(document.Text, "")))
        {
            string target = link.Groups["target"].Value.Split('#')[0];
            if (
                target.Length == 0
                    || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)
                || target.StartsWith("xref:", StringComparison.Ordinal))
                continue;
            if (!exists(Path.Combine(folder, target)))
                yield return $"{document.Path}: the link to '{target}' leads nowhere";
        }
    }

    /// <summary>
    /// Each C# block is preceded by <c>&lt;!-- snippet: FILE NAME --&gt;</c> and equals the lines between <c>// snippet: NAME</c>
    /// and <c>// end</c> of that file.
    /// </summary>
    public static IEnumerable<string> UnprovenCode(SourceFile document, Func<string, string?> read)
    {
        int proven = 0;
        foreach (Match shown in Snippet().Matches(document.Text))
        {
            proven++;
            (string path, string name) = (shown.Groups["path"].Value, shown.Groups["name"].Value);
            string? actual = read(path) is { } text ? Extract(text, name) : null;
            if (actual is null)
                yield return $"{document.Path}: there is no snippet '{name}' in '{path}'";
            else if (actual != shown.Groups["code"].Value)
                yield return $"{document.Path}: the code shown differs from snippet '{name}' of '{path}'; that reads:\n{actual}";
        }

        int blocks = CSharpFence().Count(document.Text);
        if (blocks != proven)
            yield return $"{document.Path}: {blocks - proven} C# block(s) without a snippet marker; show only code that CI runs";
    }

    private static string? Extract(string text, string name)
    {
        string[] lines = text.Split('\n');
        int begin = Array.FindIndex(lines, l => l.Trim() == $"// snippet: {name}");
        int end = begin < 0 ? -1 : Array.FindIndex(lines, begin, l => l.Trim() == "// end");
        if (end < 0)
            return null;
        string[] body = lines[(begin + 1)..end];
        int indent = body.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Concat(body.Select(l => (l.Length == 0 ? l : l[indent..]) + "\n"));
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^```(csharp|cs|c#)\s*$", RegexOptions.Multiline)]
    private static partial Regex CSharpFence();

    [
        GeneratedRegex(
            @"^<!-- snippet: (?<path>\S+) (?<name>\S+) -->\n```csharp\n(?<code>.*?)^```",
            RegexOptions.Multiline | RegexOptions.Singleline)
    ]
    private static partial Regex Snippet();
}
