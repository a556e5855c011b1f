namespace RfDetr.Tests.House;

/// <summary>A text file of the repository; the path is relative to its root, with forward slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public string[] Lines => Text.TrimEnd('\n').Split('\n');
}

/// <summary>The repository that the tests were built from.</summary>
internal static class Checkout
{
    private static readonly HashSet<string> s_notOurs =
    [
        "bin", "obj", "node_modules", ".git", "out", "TestResults", "goldens", "BenchmarkDotNet.Artifacts"
    ];

    public static string Root { get; } = FindRoot();

    /// <summary>Files with one of the endings, below a folder of the repository (empty: all of it), sorted by path.</summary>
    public static IReadOnlyList<SourceFile> Files(string below, params string[] endings)
    {
        string start = Path.Combine(Root, below);
        return Directory.Exists(start)
            ? [
                .. Walk(new DirectoryInfo(start))
                    .Where(f => endings.Contains(f.Extension)).Select(Read).OrderBy(f => f.Path, StringComparer.Ordinal)
            ]
            : [];
    }

    public static SourceFile Read(string relative) => Read(new FileInfo(Path.Combine(Root, relative)));

    private static SourceFile Read(FileInfo file) =>
        new(
            Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'),
            File.ReadAllText(file.FullName).ReplaceLineEndings("\n"));

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(d => !s_notOurs.Contains(d.Name)).SelectMany(Walk));

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "RfDetr.slnx")))
                return at.FullName;
        }

        throw new DirectoryNotFoundException($"no folder above '{AppContext.BaseDirectory}' holds RfDetr.slnx");
    }
}
