#:property PublishAot=false

// Writes the public surface of every library to its PublicAPI.Unshipped.txt, which a reviewer reads first:
//   dotnet run eng/public-api.cs
// A build compares the two (Microsoft.CodeAnalysis.PublicApiAnalyzers) and fails where they differ. The surface of a released
// version is in PublicAPI.Shipped.txt; after a release the new lines move there by hand.
using System.Diagnostics;
using System.Text.RegularExpressions;

string root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
string[] libraries =
[
    .. Directory.EnumerateDirectories(Path.Combine(root, "src")).Where(IsLibrary).Order(StringComparer.Ordinal)
];
var before = libraries.ToDictionary(l => l, l => File.Exists(Unshipped(l)) ? File.ReadAllText(Unshipped(l)) : null);
foreach (string library in libraries)
{
    string shipped = Path.Combine(library, "PublicAPI.Shipped.txt");
    if (!File.Exists(shipped))
        File.WriteAllText(shipped, "#nullable enable\n");
    // Emptied, so that the analyzer names every member that the other file lacks.
    Write(library, []);
}

var surfaces = libraries.ToDictionary(l => l, _ => new SortedSet<string>(StringComparer.Ordinal));
var built = new HashSet<string>(StringComparer.Ordinal);
// The command line first: it builds nearly all of them, and warnings are told only once.
foreach (string project in libraries.Select(l => Path.GetFileName(l)).Prepend("RfDetr.Cli"))
{
    if (built.Contains(project))
        continue;
    if (await BuildAsync(project) != 0)
        return TakeBack("the build failed; its errors are above");
}

if (surfaces.Values.All(s => s.Count == 0))
    return TakeBack("the build named no public member");

foreach ((string library, SortedSet<string> members) in surfaces)
{
    Write(library, members);
    Console.WriteLine($"{Path.GetFileName(library)}: {members.Count} members");
}

return 0;

int TakeBack(string reason)
{
    foreach ((string library, string? text) in before.Where(b => b.Value is not null))
        File.WriteAllText(Unshipped(library), text);
    Console.Error.WriteLine($"error: {reason}; the files are as before");
    return 1;
}

static string Unshipped(string library) => Path.Combine(library, "PublicAPI.Unshipped.txt");

// Other analyzers have nothing to say here and take most of the time.
async Task<int> BuildAsync(string project)
{
    var start = new ProcessStartInfo(
        "dotnet",
        [
            "build", $"src/{project}", "-c", "Release", "-v", "m", "-nologo", "-tl:off", "-p:TreatWarningsAsErrors=false",
            "-p:EnforceCodeStyleInBuild=false", "-p:EnableNETAnalyzers=false"
        ])
    {
        WorkingDirectory = root,
        RedirectStandardOutput = true,
    };
    using Process build = Process.Start(start)!;
    while (await build.StandardOutput.ReadLineAsync() is { } line)
    {
        if (Undeclared().Match(line) is { Success: true } match)
            surfaces[Path.GetDirectoryName(match.Groups["project"].Value)!].Add(match.Groups["member"].Value);
        else if (line.Contains("error", StringComparison.Ordinal) || line.Contains("RS0017", StringComparison.Ordinal))
            Console.WriteLine(line);
        else if (line.Split(" -> ") is [string name, _])
            built.Add(name.Trim());
    }

    await build.WaitForExitAsync();
    return build.ExitCode;
}

static bool IsLibrary(string folder) =>
    Directory.EnumerateFiles(folder, "*.csproj").SingleOrDefault() is { } project
        && File.ReadAllText(project) is { } text
        && !text.Contains("<OutputType>Exe", StringComparison.Ordinal)
        && !text.Contains("<UsePublicApi>false", StringComparison.Ordinal);

static void Write(string library, IEnumerable<string> members) =>
    File.WriteAllText(
        Unshipped(library), string.Concat(members.Prepend("#nullable enable").Select(m => m + "\n")));

internal partial class Program
{
    [
        GeneratedRegex(
            @"warning RS0016: Symbol '(?<member>.+)' is not part of the declared public API .*\[(?<project>[^\]]+\.csproj)\]")
    ]
    private static partial Regex Undeclared();
}
