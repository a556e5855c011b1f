using System.Buffers;

namespace RfDetr;

/// <summary>
/// A whole encoded file in a rented array, read under <see cref="ImageLimits.MaxFileBytes"/>. What has no length beforehand (a
/// body from the network, standard input) is gathered in pieces that are put together once: an array that doubles would take
/// three times the file, and one of the announced length is a stranger's to choose.
/// </summary>
internal struct ImageBytes : IDisposable
{
    private const int Piece = 1 << 20;

    private byte[] _array;
    private int _length;

    private ImageBytes(byte[] array, int length) => (_array, _length) = (array, length);

    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    public static FileStream Open(string path, ImageLimits limits, FileOptions options = FileOptions.SequentialScan)
    {
        if (Directory.Exists(path))
            throw new FileNotFoundException($"'{path}' is a folder, not an image.", path);
        if (OddFileName.Hides(path))
            throw new FileNotFoundException($"'{path}' {OddFileName.Fault}.", path);
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
        using var pieces = new Pieces(stream, source, limits);
        while (stream.Read(pieces.Free.Span) is > 0 and int read)
            pieces.Advance(read);
        return pieces.ToBytes();
    }

    public static async ValueTask<ImageBytes> ReadAsync(
        Stream stream, string source, ImageLimits limits, CancellationToken cancellation)
    {
        using var pieces = new Pieces(stream, source, limits);
        while (await stream.ReadAsync(pieces.Free, cancellation).ConfigureAwait(false) is > 0 and int read)
            pieces.Advance(read);
        return pieces.ToBytes();
    }

    public void Dispose()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _length = 0;
    }

    /// <summary>Bytes read so far: full arrays and one that is being filled.</summary>
    private sealed class Pieces : IDisposable
    {
        private readonly string _source;
        private readonly ImageLimits _limits;
        private readonly Queue<byte[]> _full = [];
        private byte[] _last;
        private int _used;
        private int _length;

        // One byte more than a file's length says, so that the end is seen without another piece.
        public Pieces(Stream stream, string source, ImageLimits limits)
        {
            (_source, _limits) = (source, limits);
            long first = stream.CanSeek ? Math.Clamp(stream.Length - stream.Position + 1, 1, limits.MaxFileBytes) : Piece;
            _last = ArrayPool<byte>.Shared.Rent((int)first);
        }

        /// <summary>Room for more, never empty.</summary>
        public Memory<byte> Free
        {
            get
            {
                if (_used == _last.Length)
                {
                    _full.Enqueue(_last);
                    (_last, _used) = (ArrayPool<byte>.Shared.Rent(Piece), 0);
                }

                return _last.AsMemory(_used);
            }
        }

        public void Advance(int read)
        {
            (_used, _length) = (_used + read, _length + read);
            _limits.CheckBytes(_source, _length);
        }

        /// <summary>Everything in one array, which is the caller's to dispose of.</summary>
        public ImageBytes ToBytes()
        {
            byte[] whole = _last;
            if (_full.Count > 0)
            {
                whole = ArrayPool<byte>.Shared.Rent(_length);
                int at = 0;
                while (_full.TryDequeue(out byte[]? piece))
                {
                    piece.CopyTo(whole, at);
                    at += piece.Length;
                    ArrayPool<byte>.Shared.Return(piece);
                }

                _last.AsSpan(0, _used).CopyTo(whole.AsSpan(at));
                ArrayPool<byte>.Shared.Return(_last);
            }

            _last = [];
            return new(whole, _length);
        }

        /// <summary>Gives back what was not made into bytes.</summary>
        public void Dispose()
        {
            while (_full.TryDequeue(out byte[]? piece))
                ArrayPool<byte>.Shared.Return(piece);
            if (_last.Length > 0)
                ArrayPool<byte>.Shared.Return(_last);
            _last = [];
        }
    }
}
