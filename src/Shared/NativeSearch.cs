using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// Where a native library may lie, in order: the given path (or the environment variable), beside the application,
/// <c>runtimes/RID/native</c>, the npm folder of a source checkout, the system's own search path.
/// </summary>
internal static class NativeSearch
{
    /// <summary>Loads the first candidate that loads; null with <paramref name="tried"/> filled if none does.</summary>
    public static nint Load(string? explicitPath, string environmentVariable, string[] fileNames, string[] npmFolders, List<string> tried)
    {
        string? fixedPath = explicitPath ?? Environment.GetEnvironmentVariable(environmentVariable);
        IEnumerable<string> candidates = string.IsNullOrEmpty(fixedPath)
            ? Candidates(fileNames, npmFolders)
            : Expand(fixedPath, fileNames);
        foreach (string candidate in candidates)
        {
            tried.Add(candidate);
            bool isPath = candidate.Contains('/') || candidate.Contains('\\');
            if (isPath && !File.Exists(candidate))
                continue;
            if (NativeLibrary.TryLoad(candidate, out nint handle))
                return handle;
        }

        return 0;
    }

    private static IEnumerable<string> Expand(string path, string[] fileNames) =>
        Directory.Exists(path) ? fileNames.Select(name => Path.Combine(path, name)) : [path];

    private static IEnumerable<string> Candidates(string[] fileNames, string[] npmFolders)
    {
        string home = AppContext.BaseDirectory;
        foreach (string name in fileNames)
        {
            yield return Path.Combine(home, name);
            yield return Path.Combine(home, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", name);
        }

        for (DirectoryInfo? at = new(home); at is not null; at = at.Parent)
        {
            string modules = Path.Combine(at.FullName, "native", "node_modules");
            if (!Directory.Exists(modules))
                continue;
            foreach (string folder in npmFolders)
            {
                foreach (string name in fileNames)
                    yield return Path.Combine(modules, folder, name);
            }
        }

        foreach (string name in fileNames)
            yield return name;
    }
}
