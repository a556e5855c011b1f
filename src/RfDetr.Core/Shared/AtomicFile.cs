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
    /// <param name="path">Where the file goes; its folder is made if it is missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="flushToDisk">Whether the bytes must have reached the disk before the old file is given up.</param>
    /// <param name="beforeMove">Called when the new file is whole and not yet in place.</param>
    public static void Write(string path, Action<Stream> write, bool flushToDisk = true, Action? beforeMove = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"'{path}' is no file path", nameof(path));
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk);
            }

            beforeMove?.Invoke();
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
