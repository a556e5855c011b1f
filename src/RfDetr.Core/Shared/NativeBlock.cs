using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>Aligned memory outside the managed heap, freed by its one owner (or, forgotten, by the finalizer).</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    public const int Alignment = 64;
    private static long s_allocated;
    private byte* _data;

    /// <summary>Allocates <paramref name="bytes"/> zero bytes.</summary>
    public NativeBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = Math.Max(bytes, Alignment);
        _data = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
        NativeMemory.Clear(_data, (nuint)Bytes);
        _ = Interlocked.Add(ref s_allocated, Bytes);
        GC.AddMemoryPressure(Bytes);
    }

    ~NativeBlock() => Free();

    /// <summary>Bytes of all blocks alive in this process.</summary>
    public static long Allocated => Interlocked.Read(ref s_allocated);

    public long Bytes { get; }

    public byte* Data => _data;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data == null)
            return;
        NativeMemory.AlignedFree(_data);
        _data = null;
        _ = Interlocked.Add(ref s_allocated, -Bytes);
        GC.RemoveMemoryPressure(Bytes);
    }
}
