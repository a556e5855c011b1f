using System.Buffers;
using System.Runtime.InteropServices;

namespace RfDetr.Tensors;

/// <summary>Shows a managed array as bytes without copying it.</summary>
internal sealed class ArrayBytes<T>(T[] array) : MemoryManager<byte>
    where T : unmanaged
{
    public T[] Array => array;

    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(array.AsSpan());

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        return new MemoryHandle((byte*)handle.AddrOfPinnedObject() + elementIndex, handle);
    }

    public override void Unpin()
    {
        // The handle inside the MemoryHandle releases the pin.
    }

    protected override void Dispose(bool disposing)
    {
        // The array belongs to the garbage collector.
    }
}
