using IOFile = System.IO.File;

namespace RfDetr.Cli.Framework;

/// <summary>
/// Places that results are to be written to, looked at while the command line is read: hours of work must not end at a folder
/// that cannot be made. Nothing is created.
/// </summary>
internal static class OutputPaths
{
    /// <summary>The path, if a folder may be there.</summary>
    /// <exception cref="FormatException">It may not; the message is the end of "value 'x' …".</exception>
    public static string Folder(string path)
    {
        NotEmpty(path);
        if (IOFile.Exists(path))
            throw new FormatException("is a file, not a folder");
        CheckAncestors(path);
        return path;
    }

    /// <summary>The path, if a file may be there.</summary>
    /// <exception cref="FormatException">It may not; the message is the end of "value 'x' …".</exception>
    public static string File(string path)
    {
        NotEmpty(path);
        if (Directory.Exists(path))
            throw new FormatException("is a folder, not a file");
        if (Path.EndsInDirectorySeparator(path))
            throw new FormatException("names a folder, not a file");
        CheckAncestors(path);
        return path;
    }

    private static void NotEmpty(string path)
    {
        if (path.Length == 0)
            throw new FormatException("is empty");
        if (path.Contains('\0'))
            throw new FormatException("is no path: it holds a null character");
    }

    private static void CheckAncestors(string path)
    {
        string? above = Path.GetDirectoryName(Path.GetFullPath(path));
        while (above is not null && !Directory.Exists(above))
        {
            if (IOFile.Exists(above))
                throw new FormatException($"cannot be made: '{above}' is a file, not a folder");
            above = Path.GetDirectoryName(above);
        }
    }
}
