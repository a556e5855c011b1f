using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// Native bytes with one owner, either allocated here or adopted from a library that gives its own way to free them.
/// </summary>
internal sealed unsafe class PixelMemory : SafeHandle
{
    private readonly Action<nint>? _free;

    private PixelMemory(nint pointer, long length, Action<nint>? free) : base(0, ownsHandle: true)
    {
        _free = free;
        Length = length;
        SetHandle(pointer);
        if (length > 0)
            GC.AddMemoryPressure(length);   // lets forgotten images be collected before memory runs out
    }

    public long Length { get; }

    public override bool IsInvalid => handle == 0;

    internal byte* Pointer => (byte*)handle;

    /// <summary>Uninitialized bytes.</summary>
    public static PixelMemory Allocate(long length) => new((nint)NativeMemory.Alloc(checked((nuint)length)), length, null);

    /// <summary>Takes over memory of another library.</summary>
    /// <param name="pointer">The first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="free">Frees the memory; runs once, on any thread.</param>
    public static PixelMemory Adopt(nint pointer, long length, Action<nint> free) => new(pointer, length, free);

    protected override bool ReleaseHandle()
    {
        if (_free is not null)
            _free(handle);
        else
            NativeMemory.Free((void*)handle);
        if (Length > 0)
            GC.RemoveMemoryPressure(Length);
        return true;
    }
}
