namespace RfDetr.Data;

/// <summary>Names of images as a data set spells them.</summary>
internal static class ImageNames
{
    /// <summary>
    /// The path of a file relative to a folder, with '/' between folders. On Unix a backslash is part of a name and stays.
    /// </summary>
    public static string Relative(string folder, string file)
    {
        string relative = Path.GetRelativePath(folder, file);
        return OperatingSystem.IsWindows() ? relative.Replace('\\', '/') : relative;
    }
}
