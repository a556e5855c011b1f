using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// Where a native library may lie, in order: the given path (or the environment variable), beside the application,
/// <c>runtimes/RID/native</c>, the npm folder of a source checkout, the system's own search path. A file name may
/// hold a <c>*</c> for a version number: the highest one in a folder comes first.
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
        Directory.Exists(path) ? fileNames.SelectMany(name => In(path, name)) : [path];

    // A pattern that matches nothing stays in the list, so that the error can say where was looked.
    private static IEnumerable<string> In(string folder, string name)
    {
        if (!name.Contains('*') || !Directory.Exists(folder))
            return [Path.Combine(folder, name)];
        string[] found = Directory.GetFiles(folder, name);
        if (found.Length == 0)
            return [Path.Combine(folder, name)];
        return found.OrderByDescending(VersionIn);
    }

    // "libvips-cpp.so.8.18.7" → 8.18.7; a name without numbers comes last.
    private static Version VersionIn(string path)
    {
        string[] numbers = [.. Path.GetFileName(path).Split('.').Where(part => part.Length is > 0 and < 8 && part.All(char.IsAsciiDigit)).Take(4)];
        return numbers.Length == 0 ? new Version() : Version.Parse(string.Join('.', numbers.Length == 1 ? [numbers[0], "0"] : numbers));
    }

    private static IEnumerable<string> Candidates(string[] fileNames, string[] npmFolders)
    {
        string home = AppContext.BaseDirectory;
        foreach (string name in fileNames)
        {
            foreach (string path in In(home, name))
                yield return path;
            foreach (string path in In(Path.Combine(home, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"), name))
                yield return path;
        }

        for (DirectoryInfo? at = new(home); at is not null; at = at.Parent)
        {
            string modules = Path.Combine(at.FullName, "native", "node_modules");
            if (!Directory.Exists(modules))
                continue;
            foreach (string folder in npmFolders)
            {
                foreach (string path in fileNames.SelectMany(name => In(Path.Combine(modules, folder), name)))
                    yield return path;
            }
        }

        foreach (string name in fileNames.Where(name => !name.Contains('*')))
            yield return name;
    }
}
