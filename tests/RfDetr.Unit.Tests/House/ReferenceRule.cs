using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RfDetr.Tests.House;

/// <summary>
/// Rule for which part may reference which: the table in docs/architecture.md is the rule, the project files must be it exactly.
/// </summary>
internal static partial class ReferenceRule
{
    /// <summary>Reads rows such as <c>| `RfDetr.Graph` | … | Tensors |</c>; "–" means nothing.</summary>
    public static Dictionary<string, string[]> ReadTable(string markdown)
    {
        var table = new Dictionary<string, string[]>();
        foreach (Match row in Row().Matches(markdown))
        {
            string references = row.Groups["references"].Value.Trim();
            table[row.Groups["part"].Value] = references == "–"
                ? []
                : [.. references.Split(',', StringSplitOptions.TrimEntries).Select(FullName).Order(StringComparer.Ordinal)];
        }

        return table;
    }

    /// <summary>The projects that a project file references, by name.</summary>
    public static string[] ReadProject(string xml) =>
    [
        .. XDocument.Parse(xml).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<string> Violations(
        IReadOnlyDictionary<string, string[]> table, IReadOnlyDictionary<string, string[]> projects)
    {
        foreach ((string project, string[] references) in projects)
        {
            if (!table.TryGetValue(project, out string[]? allowed))
            {
                yield return $"{project} is not in the table of docs/architecture.md";
                continue;
            }

            foreach (string extra in references.Except(allowed))
                yield return
                    $"{project} references {extra}, which the table does not allow (it allows: {string.Join(", ", allowed)})";
            foreach (string missing in allowed.Except(references))
                yield return $"the table says that {project} references {missing}, but it does not";
        }

        foreach (string gone in table.Keys.Except(projects.Keys))
            yield return $"the table names {gone}, but there is no such project";
    }

    private static string FullName(string part) => part is "RfDetr" ? part : $"RfDetr.{part}";

    [GeneratedRegex(@"^\| `(?<part>RfDetr[\w.]*)` \|.*\| (?<references>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
