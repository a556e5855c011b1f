#:property PublishAot=false

// Writes the public surface of every library to its PublicAPI.Unshipped.txt, which a reviewer reads first: dotnet run
// eng/public-api.cs A build compares the two (Microsoft.CodeAnalysis.PublicApiAnalyzers) and fails where they differ. What a
// released version had is in PublicAPI.Shipped.txt; after a release the new lines move there by hand.
using System.Diagnostics;
using System.Text.RegularExpressions;

string root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
string[] libraries =
[
    .. Directory.EnumerateDirectories(Path.Combine(root, "src")).Where(IsLibrary).Order(StringComparer.Ordinal)
];
foreach (string library in libraries)
{
    string shipped = Path.Combine(library, "PublicAPI.Shipped.txt");
    if (!File.Exists(shipped))
        File.WriteAllText(shipped, "#nullable enable\n");
    // Emptied, so that the analyzer names every member that the other file lacks.
    Write(library, []);
}

var start = new ProcessStartInfo(
    "dotnet", ["build", "src/RfDetr.Cli", "-c", "Release", "-v", "m", "-nologo", "-tl:off", "-p:TreatWarningsAsErrors=false"])
{
    WorkingDirectory = root,
    RedirectStandardOutput = true,
};
var surfaces = libraries.ToDictionary(l => l, _ => new SortedSet<string>(StringComparer.Ordinal));
using Process build = Process.Start(start)!;
while (await build.StandardOutput.ReadLineAsync() is { } line)
{
    if (Undeclared().Match(line) is { Success: true } match)
        surfaces[Path.GetDirectoryName(match.Groups["project"].Value)!].Add(match.Groups["member"].Value);
    else if (line.Contains(" -> ", StringComparison.Ordinal) || line.Contains("error", StringComparison.Ordinal))
        Console.WriteLine(line);
}

await build.WaitForExitAsync();
foreach ((string library, SortedSet<string> members) in surfaces)
{
    Write(library, members);
    Console.WriteLine($"{Path.GetFileName(library)}: {members.Count} members");
}

return build.ExitCode;

static bool IsLibrary(string folder) =>
    Directory.EnumerateFiles(folder, "*.csproj").SingleOrDefault() is { } project
        && !File.ReadAllText(project).Contains("<OutputType>Exe", StringComparison.Ordinal);

static void Write(string library, IEnumerable<string> members) =>
    File.WriteAllText(
        Path.Combine(library, "PublicAPI.Unshipped.txt"),
        string.Concat(members.Prepend("#nullable enable").Select(m => m + "\n")));

internal partial class Program
{
    [
        GeneratedRegex(
            @"warning RS0016: Symbol '(?<member>.+)' is not part of the declared public API .*\[(?<project>[^\]]+\.csproj)\]")
    ]
    private static partial Regex Undeclared();
}
