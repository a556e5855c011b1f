using System.Buffers;

namespace RfDetr;

/// <summary>A whole encoded file in a rented array, read under <see cref="ImageLimits.MaxFileBytes"/>.</summary>
internal struct ImageBytes : IDisposable
{
    private const int FirstBuffer = 128 * 1024;

    private byte[] _array;
    private int _length;

    private ImageBytes(int capacity)
    {
        _array = ArrayPool<byte>.Shared.Rent(capacity);
        _length = 0;
    }

    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    public static FileStream Open(string path, ImageLimits limits, FileOptions options = FileOptions.SequentialScan)
    {
        if (Directory.Exists(path))
            throw new FileNotFoundException($"'{path}' is a folder, not an image.", path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"there is no file '{path}'", path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, options);
        try
        {
            if (file.CanSeek)
                limits.CheckBytes(path, file.Length);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    public static ImageBytes Read(Stream stream, string source, ImageLimits limits)
    {
        var bytes = new ImageBytes(FirstCapacity(stream, limits));
        try
        {
            while (stream.Read(bytes.Free()) is > 0 and int read)
                bytes.Advance(read, source, limits);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public static async ValueTask<ImageBytes> ReadAsync(
        Stream stream, string source, ImageLimits limits, CancellationToken cancellation)
    {
        var bytes = new ImageBytes(FirstCapacity(stream, limits));
        try
        {
            while (true)
            {
                bytes.Free();
                int read = await stream.ReadAsync(bytes._array.AsMemory(bytes._length), cancellation).ConfigureAwait(false);
                if (read == 0)
                    return bytes;
                bytes.Advance(read, source, limits);
            }
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _length = 0;
    }

    // One byte more than the length says, so that the end is seen without growing.
    private static int FirstCapacity(Stream stream, ImageLimits limits) =>
        stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position + 1, 1, limits.MaxFileBytes) : FirstBuffer;

    private Span<byte> Free()
    {
        if (_length == _array.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _length, Array.MaxLength));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsSpan(_length);
    }

    private void Advance(int read, string source, ImageLimits limits)
    {
        _length += read;
        limits.CheckBytes(source, _length);
    }
}
