namespace RfDetr.Cpu;

/// <summary>
/// A stretch of memory that a plan reads and writes: a place in the arena while it is alive, or fixed memory of a constant.
/// </summary>
internal sealed unsafe class Storage
{
    private readonly byte* _fixed;

    /// <summary>A place in the arena, to be planned.</summary>
    public Storage(long bytes) => Bytes = bytes;

    /// <summary>A constant, which lives as long as its network.</summary>
    public Storage(NativeBlock block)
    {
        Bytes = block.Bytes;
        _fixed = block.Data;
    }

    public long Bytes { get; }

    public bool IsConstant => _fixed != null;

    /// <summary>First and last step that touch it.</summary>
    public int First { get; private set; } = int.MaxValue;

    public int Last { get; private set; } = -1;

    /// <summary>Place in the arena.</summary>
    public long Offset { get; set; }

    public void Touch(int step) => (First, Last) = (Math.Min(First, step), Math.Max(Last, step));

    public byte* At(byte* arena) => _fixed != null ? _fixed : arena + Offset;
}
