namespace RfDetr;

/// <summary>Writes a file completely or not at all: readers see the old one until the new one is whole.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a text as UTF-8; see <see cref="Write"/>.</summary>
    public static void WriteText(string path, string text, bool flushToDisk = true) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)), flushToDisk);

    /// <summary>Copies a file; see <see cref="Write"/>.</summary>
    public static void Copy(string source, string path, bool flushToDisk = true) => Write(
        path,
        stream =>
        {
            using FileStream from = File.OpenRead(source);
            from.CopyTo(stream);
        },
        flushToDisk);

    /// <summary>Writes beside <paramref name="path"/> and moves into place; on any error nothing is left behind.</summary>
    /// <param name="path">The file; its folder is made if it is missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="flushToDisk">True if the bytes must have reached the disk before the old file is given up.</param>
    /// <param name="beforeMove">Called when the new file is whole and not yet in place.</param>
    public static void Write(string path, Action<Stream> write, bool flushToDisk = true, Action? beforeMove = null)
    {
        using var file = PendingFile.Create(path);
        write(file.Stream);
        file.Stream.Flush(flushToDisk);
        beforeMove?.Invoke();
        file.Complete();
    }
}

/// <summary>
/// A file that is written under another name beside its own and gets its own when it is complete: whatever ends the work, readers
/// see the old file or the new one, never half of one.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string? _temporary;
    private bool _complete;

    private PendingFile(string path, string? temporary, FileStream stream) =>
        (_path, _temporary, Stream) = (path, temporary, stream);

    /// <summary>The content goes here.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins a file; its folder is made if it is missing. Devices and links to them are written directly.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static PendingFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new IOException($"'{path}' is a folder, not a file");

        // A link keeps leading to what it leads to; a device has no other name that could be moved in its place.
        if (File.Exists(full) && new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true) is { } target)
            full = target.FullName;
        if (!OperatingSystem.IsWindows()
            && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)))
            return new PendingFile(full, null, new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
        string folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"'{path}' is no file path", nameof(path));
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        return new PendingFile(
            full, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16));
    }

    /// <summary>All is written; disposing puts the file in its place.</summary>
    /// <param name="flushToDisk">True if the bytes must have reached the disk before the old file is given up.</param>
    public void Complete(bool flushToDisk = false)
    {
        if (_temporary is not null)
            Stream.Flush(flushToDisk);
        _complete = true;
    }

    /// <summary>Puts a complete file in its place, and removes any other.</summary>
    /// <exception cref="IOException">The rest cannot be written, or the file not be moved.</exception>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
            if (_complete && _temporary is not null)
                File.Move(_temporary, _path, overwrite: true);
        }
        finally
        {
            if (_temporary is not null)
                File.Delete(_temporary); // nothing is there any more if it was moved
        }
    }
}
