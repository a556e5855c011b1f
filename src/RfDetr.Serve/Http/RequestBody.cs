using System.Buffers;
using System.IO.Pipelines;

namespace RfDetr.Serve;

/// <summary>Bytes in a rented array, given back when disposed. Not for several threads at once.</summary>
internal sealed class PooledBytes : IDisposable
{
    // What a header claims is believed as far as this; more memory comes with the bytes.
    private const int First = 256 * 1024;

    private readonly BodyBudget? _budget;
    private byte[]? _array;
    private long _taken;

    private PooledBytes(int capacity, BodyBudget? budget)
    {
        _budget = budget;
        _array = Rent(capacity, 0);
    }

    public int Length { get; private set; }

    public Memory<byte> Memory =>
        (_array ?? throw new ObjectDisposedException(nameof(PooledBytes))).AsMemory(0, Length);

    public Span<byte> Span => Memory.Span;

    /// <summary>Memory of a length.</summary>
    public static PooledBytes Rent(int length) => new(length, null) { Length = length };

    /// <summary>Memory that is filled by <see cref="Append"/>.</summary>
    public static PooledBytes Begin(BodyBudget budget) => new(64 * 1024, budget);

    /// <summary>Reads a request's body to its end.</summary>
    /// <exception cref="ServeException">413: it is longer than the limit; 503: bodies take too much memory.</exception>
    public static async Task<PooledBytes> ReadAsync(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
            throw ServeException.BodyTooLarge(limit);
        var bytes = new PooledBytes(
            (int)Math.Min(request.ContentLength ?? First, First), RequestScope.Of(request.HttpContext).Budget);
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
    /// <exception cref="ServeException">413: it is longer than the limit; 503: bodies take too much memory.</exception>
    public static async Task<PooledBytes> ReadAsync(
        Stream stream, long? length, long limit, BodyBudget? budget, CancellationToken cancellation)
    {
        var bytes = new PooledBytes((int)Math.Min(length ?? First, Math.Min(limit, First)), budget);
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

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is not { } array)
            return;
        ArrayPool<byte>.Shared.Return(array);
        _budget?.Return(_taken);
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="ServeException">413: there would be more than the limit; 503: bodies take too much memory.</exception>
    public void Append(ReadOnlySpan<byte> data, long limit)
    {
        if (Length + (long)data.Length > limit)
            throw ServeException.BodyTooLarge(limit);
        if (Length + data.Length > _array!.Length)
        {
            byte[] larger = Rent((int)Math.Min(Math.Max(2L * _array.Length, Length + data.Length), limit), _array.Length);
            _array.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        data.CopyTo(_array.AsSpan(Length));
        Length += data.Length;
    }

    private byte[] Rent(int capacity, int instead)
    {
        int more = Math.Max(capacity, 1) - instead;
        _budget?.Take(more);
        _taken += _budget is null ? 0 : more;
        return ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 1));
    }
}
