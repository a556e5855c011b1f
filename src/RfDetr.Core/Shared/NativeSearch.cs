using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// Finds native libraries, in this order: the given path (or the environment variable); beside the application;
/// <c>runtimes/RID/native</c>; the folders of the application's native packages, as its host knows them; the system's own search
/// path. A file name may hold a <c>*</c> for a version number: the highest one in a folder comes first.
/// </summary>
internal static class NativeSearch
{
    /// <summary>Loads the first candidate that loads.</summary>
    /// <returns>The library's handle; 0, with the candidates in <paramref name="tried"/>, if none loads.</returns>
    public static nint Load(string? explicitPath, string environmentVariable, string[] fileNames, List<string> tried)
    {
        string? fixedPath = string.IsNullOrEmpty(explicitPath)
            ? Environment.GetEnvironmentVariable(environmentVariable)
            : explicitPath;
        IEnumerable<string> candidates = string.IsNullOrEmpty(fixedPath) ? Candidates(fileNames) : Expand(fixedPath, fileNames);
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

    // A pattern that matches nothing stays in the list, so that the error can name the place.
    private static IEnumerable<string> In(string folder, string name)
    {
        if (!name.Contains('*') || !Directory.Exists(folder))
            return [Path.Combine(folder, name)];
        string[] found = Directory.GetFiles(folder, name);
        if (found.Length == 0)
            return [Path.Combine(folder, name)];
        return found.OrderByDescending(VersionIn);
    }

    // "libonnxruntime.so.1.31.1" → 1.31.1; a name without numbers comes last.
    private static Version VersionIn(string path)
    {
        string[] numbers =
        [
            .. Path.GetFileName(path).Split('.').Where(part => part.Length is > 0 and < 8 && part.All(char.IsAsciiDigit)).Take(4)
        ];
        return numbers.Length == 0
            ? new Version()
            : Version.Parse(string.Join('.', numbers.Length == 1 ? [numbers[0], "0"] : numbers));
    }

    private static IEnumerable<string> Candidates(string[] fileNames)
    {
        string home = AppContext.BaseDirectory;
        string[] folders =
        [
            home, Path.Combine(home, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"), .. PackageFolders()
        ];
        foreach (string folder in folders.Distinct(StringComparer.Ordinal))
        {
            foreach (string path in fileNames.SelectMany(name => In(folder, name)))
                yield return path;
        }

        foreach (string name in fileNames.Where(name => !name.Contains('*')))
            yield return name;
    }

    // Where the host's own resolution looks: in a development build, the folders of packages outside the application.
    private static IEnumerable<string> PackageFolders() =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => folder.TrimEnd(Path.DirectorySeparatorChar) is { Length: > 0 } trimmed ? trimmed : folder);
}
