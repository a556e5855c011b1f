using System.IO.Enumeration;
using System.Runtime.CompilerServices;

namespace RfDetr.Jobs;

/// <summary>
/// The files of a job in a folder, which may be a network file system. A file is written under a temporary name, flushed to the
/// disk and then linked to its own: that fails if somebody was first, and readers never see half of one.
/// </summary>
internal sealed class FolderFiles : IJobFiles
{
    private const string Temporary = ".tmp";

    // A file that long without an end belongs to a worker that died.
    private static readonly TimeSpan s_abandoned = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly string _full;
    private readonly Lazy<string> _temporary;

    /// <summary>The files of a folder, which is made when the first file is put.</summary>
    public FolderFiles(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Path.TrimEndingDirectorySeparator(folder);
        _full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _temporary = new Lazy<string>(PrepareTemporary, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public Task<bool> PutIfAbsentAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(path, async stream => await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task<bool> PutFileIfAbsentAsync(string path, string localFile, CancellationToken cancellationToken) =>
        PutAsync(
            path,
            async stream =>
            {
                await using FileStream from = File.OpenRead(localFile);
                await from.CopyToAsync(stream, 1 << 20, cancellationToken).ConfigureAwait(false);
            });

    /// <inheritdoc/>
    public async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string final = Full(path);
        await Task.Run(
            () => AtomicFile.Write(final, stream => stream.Write(content.Span)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string path, long offset, int? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        try
        {
            await using var stream = new FileStream(
                Full(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
            long rest = Math.Max(0, stream.Length - offset);
            if (length is null && rest > Array.MaxLength)
                throw new JobException(Invariant.Text($"'{_folder}/{path}' has {rest} bytes; it is none of this program"));
            byte[] content = new byte[(int)Math.Min(rest, length ?? rest)];
            stream.Position = offset;
            await stream.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => Task.FromResult(File.Exists(Full(path)));

    /// <inheritdoc/>
    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(Full(path));
        }
        catch (DirectoryNotFoundException)
        {
            // Then the file is not there either.
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobFile> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        string folder = Full(prefix);
        if (!Directory.Exists(folder))
            yield break;
        // A status is this and little more: one question to the system for each file, and one string. What is removed meanwhile
        // is listed with a time that means nothing, or not at all; results never are.
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        var files = new FileSystemEnumerable<JobFile>(folder, Found, options)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
        };
        foreach (JobFile file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return file;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Full(string path) => Path.Combine(_full, path);

    private JobFile Found(ref FileSystemEntry entry)
    {
        ReadOnlySpan<char> inside = entry.Directory[_full.Length..].Trim(Path.DirectorySeparatorChar);
        string path = inside.IsEmpty ? entry.FileName.ToString() : string.Concat(inside, "/", entry.FileName);
        if (Path.DirectorySeparatorChar != '/')
            path = path.Replace(Path.DirectorySeparatorChar, '/');
        return new JobFile(path, entry.Length, entry.LastWriteTimeUtc);
    }

    private async Task<bool> PutAsync(string path, Func<FileStream, Task> write)
    {
        string final = Full(path);
        if (File.Exists(final))
            return false;
        string temporary = "";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(final)!);
            temporary = Path.Combine(_temporary.Value, $"{Path.GetFileName(final)}.{Guid.NewGuid():N}");
            await using (var stream = new FileStream(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            return Place(temporary, final);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new JobException(
                $"'{_folder}' has no space left for '{path}' (nothing of it was kept); free some and start again: what is done "
                + "stays done", e);
        }
        finally
        {
            if (temporary.Length > 0)
                File.Delete(temporary);
        }
    }

    // What workers that died left is removed once nobody can be writing it any more.
    private string PrepareTemporary()
    {
        string folder = Full(Temporary);
        Directory.CreateDirectory(folder);
        DateTime before = TimeProvider.System.GetUtcNow().UtcDateTime - s_abandoned;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before)
                file.Delete();
        }

        return folder;
    }

    // Moving without replacing is a link and an unlink where the file system has links, so that exactly one of several is first.
    private static bool Place(string temporary, string final)
    {
        try
        {
            File.Move(temporary, final, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(final))
        {
            return false;
        }
    }

    // ENOSPC and EDQUOT of Linux and macOS, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static bool IsFull(IOException e) => OperatingSystem.IsWindows()
        ? (e.HResult & 0xFFFF) is 112 or 39
        : e.HResult is 28 or 122 or 69;
}
