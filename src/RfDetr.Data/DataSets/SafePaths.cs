namespace RfDetr.Data;

/// <summary>Paths that come from files of a data set: always below its folder.</summary>
internal static class SafePaths
{
    /// <summary>A path below a folder; null if it is absolute, empty, or leads out of the folder.</summary>
    public static string? Below(string folder, string relative)
    {
        string plain = relative.Replace('\\', '/');
        if (plain.Length == 0 || plain.Contains('\0') || Path.IsPathRooted(plain) || (plain.Length > 1 && plain[1] == ':'))
            return null;
        string root = Path.GetFullPath(folder), full = Path.GetFullPath(Path.Combine(root, plain));
        return full.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? full : null;
    }

    /// <summary>The path of a file relative to a folder, with '/'.</summary>
    public static string Relative(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
}
