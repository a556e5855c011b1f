using System.Security.Cryptography;

namespace RfDetr.Checkpoints;

/// <summary>
/// The unfinished file <c>NAME.part</c>, its digest so far, and beside it <c>NAME.part.tag</c>: the server's name for the version
/// the bytes are of. While it is open no other process has it open: <c>NAME.lock</c> is held (and left behind, empty: taking it
/// away would let two in).
/// </summary>
internal sealed class PartFile : IDisposable
{
    private const int BufferBytes = 1 << 17;
    private readonly string _path, _target;
    private readonly FileStream _lock;
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private FileStream? _stream;

    private PartFile(string target, FileStream heldLock) => (_target, _path, _lock) = (target, target + ".part", heldLock);

    /// <summary>Bytes written and hashed.</summary>
    public long Length { get; private set; }

    /// <summary>Digest of the bytes so far, in lower-case hexadecimal.</summary>
    public string Md5 => Convert.ToHexStringLower(_md5.GetCurrentHash());

    /// <summary>Version of the remote file that the bytes belong to: an entity tag or a date; null if unknown.</summary>
    public string? Tag
    {
        get => File.Exists(_path + ".tag") ? File.ReadAllText(_path + ".tag") : null;
        set
        {
            if (value is null)
                File.Delete(_path + ".tag");
            else
                AtomicFile.WriteText(_path + ".tag", value, flushToDisk: false);
        }
    }

    /// <summary>Bytes that the disk has left; null where that cannot be found out.</summary>
    public long? FreeSpace
    {
        get
        {
            try
            {
                return new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace;
            }
            catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
            {
                return null; // a network share on Windows, say
            }
        }
    }

    /// <summary>Takes the lock; null if another process (or task) holds it.</summary>
    public static PartFile? TryLock(string target)
    {
        try
        {
            return new(target, new FileStream(target + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (
            e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(target + ".lock"))
        {
            return null;
        }
    }

    /// <summary>Opens what an earlier run left and hashes it.</summary>
    public async Task OpenAsync(bool fresh, CancellationToken cancellation)
    {
        _stream = new(_path, fresh ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferBytes);
        if (_stream.Length == 0)
            Tag = null;
        byte[] buffer = new byte[BufferBytes];
        for (int n; (n = await _stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; Length += n)
            _md5.AppendData(buffer, 0, n);
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _stream!.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        _md5.AppendData(bytes.Span);
        Length += bytes.Length;
    }

    /// <summary>Forgets all bytes.</summary>
    public void Restart()
    {
        _stream!.SetLength(0);
        _stream.Position = 0;
        Tag = null;
        _ = _md5.GetHashAndReset();
        Length = 0;
    }

    /// <summary>Puts the bytes in place under the final name, in one step.</summary>
    public void Finish()
    {
        _stream!.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_path, _target, overwrite: true);
        Tag = null;
    }

    /// <summary>Removes the unfinished file.</summary>
    public void Discard()
    {
        _stream?.Dispose();
        File.Delete(_path);
        Tag = null;
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _md5.Dispose();
        _lock.Dispose();
    }
}
