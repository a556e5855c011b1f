using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>Memory outside the managed heap, aligned to 64 bytes (one cache line, one AVX-512 register), zeroed at first.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    private const nuint Alignment = 64;

    public NativeBuffer(long bytes)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Length = bytes;
        void* memory = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
        SetHandle((nint)memory);
    }

    /// <summary>Size in bytes.</summary>
    public long Length { get; }

    public override bool IsInvalid => handle == 0;

    public void* Pointer => (void*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
