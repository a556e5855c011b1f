namespace RfDetr.Checkpoints;

/// <summary>A file's bytes by position, from a mapped file or from memory. Safe for many readers.</summary>
internal abstract class FileBytes(string name, long length) : IDisposable
{
    /// <summary>Name of the file in messages.</summary>
    public string Name { get; } = name;

    public long Length { get; } = length;

    /// <summary>A view of <paramref name="length"/> bytes; nothing is copied.</summary>
    /// <exception cref="CheckpointFormatException">
    /// The range leaves the file, or is longer than one view may be (2 GiB).
    /// </exception>
    public ReadOnlyMemory<byte> Slice(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
            throw OutOfFile(offset, length);
        if (length > int.MaxValue)
            throw new CheckpointFormatException($"{Name}: a block of {length} bytes is above the limit of {int.MaxValue}");
        return length == 0 ? ReadOnlyMemory<byte>.Empty : View(offset, (int)length);
    }

    /// <summary>The first bytes, at most <paramref name="length"/> of them.</summary>
    public ReadOnlySpan<byte> Head(int length) => Slice(0, Math.Min(length, Length)).Span;

    public abstract void Dispose();

    protected abstract ReadOnlyMemory<byte> View(long offset, int length);

    private CheckpointFormatException OutOfFile(long offset, long length) =>
        new($"{Name}: needs {length} bytes at position {offset}, but the file ends at {Length}; it is truncated or damaged");
}

/// <summary>Bytes that are already in memory.</summary>
internal sealed class MemoryBytes(string name, ReadOnlyMemory<byte> bytes) : FileBytes(name, bytes.Length)
{
    public override void Dispose()
    {
        // The memory belongs to the caller.
    }

    protected override ReadOnlyMemory<byte> View(long offset, int length) => bytes.Slice((int)offset, length);
}
