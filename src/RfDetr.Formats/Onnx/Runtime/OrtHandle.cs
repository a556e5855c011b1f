using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>Owns one ONNX Runtime object, and optionally native memory that must live as long as the object.</summary>
internal sealed unsafe class OrtHandle : SafeHandle
{
    private readonly delegate* unmanaged<nint, void> _release;
    private readonly OrtHandle? _parent;

    /// <summary>Takes <paramref name="value"/> over; <paramref name="parent"/> (a session) stays alive until this object is released.</summary>
    public OrtHandle(nint value, delegate* unmanaged<nint, void> release, OrtHandle? parent = null)
        : base(value, ownsHandle: true)
    {
        _release = release;
        _parent = parent;
        bool added = false;
        parent?.DangerousAddRef(ref added);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The native pointer; the caller holds a reference or is sure that nothing disposes of it meanwhile.</summary>
    public nint Value => handle;

    protected override bool ReleaseHandle()
    {
        _release(handle);
        _parent?.DangerousRelease();
        return true;
    }
}
