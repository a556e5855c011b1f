using System.Xml.Linq;

namespace RfDetr.Tests.House;

/// <summary>
/// Packages are complete: every part is in one of them, and a package depends on everything that its parts reference.
/// </summary>
internal static class PackageRule
{
    /// <summary>A project file as far as packages are concerned; all lists are sorted.</summary>
    /// <param name="Projects">The names of referenced projects.</param>
    /// <param name="Packages">The names of referenced packages that users of the project need too.</param>
    /// <param name="Packed">The names of projects that are put into the package.</param>
    public sealed record Project(string[] Projects, string[] Packages, string[] Packed);

    public static Project Read(string xml)
    {
        var file = XDocument.Parse(xml);
        string[] References(string element) =>
            [.. file.Descendants(element).Where(r => (string?)r.Attribute("PrivateAssets") != "all")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))
                .Order(StringComparer.Ordinal)];
        string[] packages = [.. file.Descendants("PackageReference").Where(r => (string?)r.Attribute("PrivateAssets") != "all")
            .Select(r => r.Attribute("Include")!.Value).Order(StringComparer.Ordinal)];
        return new Project(References("ProjectReference"), packages, References("PackedProject"));
    }

    /// <param name="parts">The projects of src without the command line, by name.</param>
    /// <param name="packages">The projects of pack, by name.</param>
    public static IEnumerable<string> Violations(
        IReadOnlyDictionary<string, Project> parts, IReadOnlyDictionary<string, Project> packages)
    {
        foreach (string part in parts.Keys)
        {
            string[] holders = [.. packages.Where(p => p.Value.Packed.Contains(part)).Select(p => p.Key)];
            if (holders.Length != 1)
                yield return $"{part} is in {holders.Length} packages ({string.Join(", ", holders)}); it must be in one";
        }

        foreach ((string name, Project package) in packages)
        {
            foreach (string twice in package.Packed.GroupBy(p => p).Where(g => g.Count() > 1).Select(g => g.Key))
                yield return $"the package {name} names {twice} twice";
            HashSet<string> reached = [.. package.Packed, .. package.Projects.SelectMany(p => packages[p].Packed)];
            foreach (string part in package.Packed.Where(parts.ContainsKey))
            {
                foreach (string missing in parts[part].Projects.Except(reached))
                    yield return
                        $"the package {name} holds {part} but neither holds nor depends on {missing}, which {part} references";
                foreach (
                    string missing in parts[part].Packages.Except(
                        [.. package.Packages, .. package.Projects.SelectMany(p => packages[p].Packages)]))
                    yield return $"the package {name} holds {part} but does not depend on {missing}, which {part} references";
            }

            foreach (
                string unused in package.Packages.Except(
                    package.Packed.Where(parts.ContainsKey).SelectMany(p => parts[p].Packages)))
                yield return $"the package {name} depends on {unused}, which none of its parts references";
        }
    }
}
