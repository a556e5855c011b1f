using System.Text;

namespace RfDetr.Data;

/// <summary>
/// The folder of a data set, and the rule that what its files name lies in it: neither '..', nor an absolute path, nor a symbolic
/// link leads out. A data set from elsewhere could otherwise have files of this machine read, copied and handed on.
/// </summary>
internal sealed class DataFolder
{
    private const int MostLinks = 40; // as many as Linux follows

    // Bytes of a file's name and of a path, as nearly all systems bound them. What is longer cannot be there; asked for it, they
    // fail with errors of their own in place of "not found".
    private const int LongestName = 255, LongestPath = 4095;

    private readonly Dictionary<string, string> _real = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly bool _followLinks;
    private readonly string _realPath;

    /// <summary>Makes the rule for a folder that exists.</summary>
    /// <param name="path">The folder, as its user named it: links on the way to it are followed.</param>
    /// <param name="followLinks">True if links may lead out.</param>
    public DataFolder(string path, bool followLinks)
    {
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        _followLinks = followLinks;
        _realPath = Real(Path, 0) ?? Path;
    }

    /// <summary>The same rule for another folder.</summary>
    public DataFolder Elsewhere(string path) => new(path, _followLinks);

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>Finds what a file of the data set names.</summary>
    /// <param name="from">The folder that relative paths count from.</param>
    /// <param name="written">As the file spells it: relative with '/' or '\', or absolute.</param>
    /// <param name="problem">The problem with it, as the end of a sentence; null if the result is not.</param>
    /// <returns>The absolute path, which need not exist; null if it leads out of this folder.</returns>
    public string? Find(string from, string written, out string? problem)
    {
        problem = null;
        if (written.Length == 0 || written.Contains('\0'))
        {
            problem = "is no path";
            return null;
        }

        string plain = written.Replace('\\', '/');
        bool drive = plain.Length > 1 && plain[1] == ':' && char.IsAsciiLetter(plain[0]);
        if (drive && !OperatingSystem.IsWindows())
        {
            problem = $"leads out of '{Path}'";
            return null;
        }

        // On Unix a backslash may be part of a name; where it is, that file is meant.
        string full = Full(from, plain);
        if (plain != written && !OperatingSystem.IsWindows() && Full(from, written) is { } literal && IsBelow(Path, literal)
            && File.Exists(literal))
            full = literal;
        if (!IsBelow(Path, full) && IsBelow(_realPath, full))
            full = Path + full[_realPath.Length..]; // the same place by its other name
        if (!IsBelow(Path, full))
        {
            problem = $"leads out of '{Path}'";
            return null;
        }

        return Allows(full, out problem) ? full : null;
    }

    /// <summary>True if a path below the folder may be read: no link on the way to it leads out.</summary>
    public bool Allows(string full, out string? problem)
    {
        problem = null;
        if (IsTooLong(full))
        {
            problem = "is longer than the path of a file can be";
            return false;
        }

        if (_followLinks)
            return true;
        string? real = Real(full, 0);
        if (real is not null && (real == _realPath || IsBelow(_realPath, real)))
            return true;
        problem = real is null
            ? "is a link without an end"
            : $"is or lies behind a symbolic link that leads out of '{Path}' (to '{real}'); if the link is yours, allow it "
                + "with --follow-links (DataSetOptions.FollowLinks)";
        return false;
    }

    /// <summary>
    /// The folders and files below a folder; links that lead out are problems and not entered, and no folder is entered twice.
    /// </summary>
    /// <param name="folder">A folder in this one.</param>
    /// <param name="problem">Called with the path and the end of the sentence for each link that leads out.</param>
    public IEnumerable<string> Files(string folder, Action<string, string> problem)
    {
        var entered = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([folder]);
        while (open.TryPop(out string? at))
        {
            if (Real(at, 0) is not { } real || !entered.Add(real))
                continue;
            IEnumerable<FileSystemInfo> entries = new DirectoryInfo(at).EnumerateFileSystemInfos();
            foreach (FileSystemInfo entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
            {
                if ((entry.Attributes & FileAttributes.ReparsePoint) != 0 && !Allows(entry.FullName, out string? why))
                    problem(entry.FullName, why!);
                else if (Directory.Exists(entry.FullName))
                    open.Push(entry.FullName);
                else
                    yield return entry.FullName;
            }
        }
    }

    private static bool IsTooLong(string full) => Encoding.UTF8.GetByteCount(full) > LongestPath
        || full.Split(System.IO.Path.DirectorySeparatorChar).Any(name => Encoding.UTF8.GetByteCount(name) > LongestName);

    private static string Full(string from, string written) => System.IO.Path.GetFullPath(System.IO.Path.Combine(from, written));

    private static bool IsBelow(string folder, string full) => full.Length > folder.Length
        && full.StartsWith(folder, StringComparison.Ordinal)
        && (System.IO.Path.EndsInDirectorySeparator(folder) || full[folder.Length] == System.IO.Path.DirectorySeparatorChar);

    /// <summary>
    /// The path without any symbolic link in it; null if there is no end to them. What is not there has no links.
    /// </summary>
    private string? Real(string full, int links)
    {
        lock (_gate)
        {
            if (_real.TryGetValue(full, out string? known))
                return known;
        }

        string? parent = System.IO.Path.GetDirectoryName(full);
        if (parent is null)
            return full;
        if (Real(parent, links) is not { } realParent)
            return null;
        string real = System.IO.Path.Combine(realParent, System.IO.Path.GetFileName(full));
        var entry = new FileInfo(real);
        bool isLink = (int)entry.Attributes != -1 && (entry.Attributes & FileAttributes.ReparsePoint) != 0
            && entry.LinkTarget is not null;
        if (isLink)
        {
            string? target = links < MostLinks ? Real(Full(realParent, entry.LinkTarget!), links + 1) : null;
            if (target is null)
                return null;
            real = target;
        }

        // Folders are asked for again and again; of files only links are worth remembering.
        if (isLink || ((int)entry.Attributes != -1 && (entry.Attributes & FileAttributes.Directory) != 0))
        {
            lock (_gate)
                _real[full] = real;
        }

        return real;
    }
}
