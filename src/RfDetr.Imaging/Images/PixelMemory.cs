using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>Native bytes with one owner: either our own or taken over from libvips, each freed where it was made.</summary>
internal sealed unsafe class PixelMemory : SafeHandle
{
    private readonly bool _fromVips;

    private PixelMemory(void* pointer, long length, bool fromVips) : base(0, ownsHandle: true)
    {
        _fromVips = fromVips;
        Length = length;
        SetHandle((nint)pointer);
        if (length > 0)
            GC.AddMemoryPressure(length);   // lets forgotten images be collected before memory runs out
    }

    public long Length { get; }

    public override bool IsInvalid => handle == 0;

    internal byte* Pointer => (byte*)handle;

    /// <summary>Uninitialized bytes.</summary>
    public static PixelMemory Allocate(long length) =>
        new(NativeMemory.Alloc(checked((nuint)length)), length, fromVips: false);

    public static PixelMemory TakeFromVips(void* pointer, long length) => new(pointer, length, fromVips: true);

    protected override bool ReleaseHandle()
    {
        if (_fromVips)
            Libvips.Api.Free((void*)handle);
        else
            NativeMemory.Free((void*)handle);
        if (Length > 0)
            GC.RemoveMemoryPressure(Length);
        return true;
    }
}
