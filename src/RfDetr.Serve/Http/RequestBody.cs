using System.Buffers;
using System.IO.Pipelines;

namespace RfDetr.Serve;

/// <summary>Bytes in a rented array, given back when disposed. Not for several threads at once.</summary>
internal sealed class PooledBytes : IDisposable
{
    private byte[]? _array;

    private PooledBytes(byte[] array, int length) => (_array, Length) = (array, length);

    public int Length { get; private set; }

    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(PooledBytes))).AsMemory(0, Length);

    public Span<byte> Span => Memory.Span;

    public static PooledBytes Rent(int length) => new(ArrayPool<byte>.Shared.Rent(Math.Max(length, 1)), length);

    /// <summary>Reads a request's body to its end.</summary>
    /// <exception cref="ServeException">413: it is longer than the limit.</exception>
    public static async Task<PooledBytes> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
            throw ServeException.BodyTooLarge(limit);
        PooledBytes bytes = Rent((int)(request.ContentLength ?? Math.Min(limit, 64 * 1024)));
        bytes.Length = 0;
        PipeReader reader = request.BodyReader;
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellation).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                    bytes.Append(segment.Span, limit);
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return bytes;
            }
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="ServeException">413: it is longer than the limit.</exception>
    public static async Task<PooledBytes> ReadAsync(Stream stream, long? length, long limit, CancellationToken cancellation)
    {
        PooledBytes bytes = Rent((int)Math.Min(length ?? 64 * 1024, limit));
        bytes.Length = 0;
        byte[] part = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await stream.ReadAsync(part, cancellation).ConfigureAwait(false) is > 0 and int count)
                bytes.Append(part.AsSpan(0, count), limit);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    /// <summary>Shortens it.</summary>
    public void Cut(int length) => Length = length;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
            ArrayPool<byte>.Shared.Return(array);
    }

    private void Append(ReadOnlySpan<byte> data, long limit)
    {
        if (Length + (long)data.Length > limit)
            throw ServeException.BodyTooLarge(limit);
        if (Length + data.Length > _array!.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _array.Length, Length + data.Length), limit));
            _array.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        data.CopyTo(_array.AsSpan(Length));
        Length += data.Length;
    }
}
