namespace RfDetr.Cli.Commands;

/// <summary>Files that are named and not there, found before a model is loaded for them.</summary>
internal static class MissingInputs
{
    private const int MostNamed = 3;

    /// <summary>
    /// Refuses inputs none of which is there. Where others are, those are done, and a missing one is reported in its turn.
    /// </summary>
    /// <exception cref="FileNotFoundException">No input is there.</exception>
    public static void Check(IReadOnlyList<ImageSource> sources)
    {
        string[] missing = [.. sources.OfType<FileImage>().Where(f => !File.Exists(f.Path)).Select(f => f.Path)];
        if (missing.Length > 0 && missing.Length == sources.Count)
            throw Missing(missing);
    }

    /// <summary>Refuses inputs one of which is not there: for work that needs them all.</summary>
    /// <exception cref="FileNotFoundException">One is missing.</exception>
    public static void CheckAll(IEnumerable<string> files)
    {
        string[] missing = [.. files.Where(f => !File.Exists(f))];
        if (missing.Length > 0)
            throw Missing(missing);
    }

    private static FileNotFoundException Missing(string[] missing)
    {
        string names = string.Join(", ", missing.Take(MostNamed).Select(m => $"'{m}'"));
        string more = missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "";
        return new FileNotFoundException(
            $"there is no file {names}{more}; give image files, folders or patterns such as 'shots/**/*.jpg'", missing[0]);
    }
}
