using System.Runtime.InteropServices;

namespace RfDetr.Torch;

/// <summary>
/// A tensor of libtorch. Made inside a <see cref="TorchScope"/> it is freed with it; else by <see cref="IDisposable.Dispose"/>.
/// Methods ending in an underscore change the tensor itself, as in PyTorch; all others make a new one. Operators need shapes that
/// broadcast and promote types as PyTorch does.
/// </summary>
internal sealed unsafe partial class TorchTensor : SafeHandle
{
    private TorchTensor(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Sizes, outermost first; empty for a number.</summary>
    public long[] Shape
    {
        get
        {
            NativeInfo info = Describe();
            return new ReadOnlySpan<long>(info.Sizes, info.Rank).ToArray();
        }
    }

    /// <summary>Number of axes.</summary>
    public int Dim => Describe().Rank;

    /// <summary>Number of elements.</summary>
    public long Count => Describe().Elements;

    /// <summary>Element type.</summary>
    public ScalarType ScalarType => (ScalarType)Describe().ScalarType;

    /// <summary>Device on which the tensor lies.</summary>
    public Device Device
    {
        get
        {
            NativeInfo info = Describe();
            return new((DeviceKind)info.DeviceKind, info.DeviceKind == 0 ? 0 : info.DeviceIndex);
        }
    }

    /// <summary>True if its elements follow one another in memory.</summary>
    public bool IsContiguous => Describe().Contiguous != 0;

    internal TensorFate Fate { get; set; }

    /// <summary>The native handle, for the time of a call in which this object is kept alive.</summary>
    internal nint Raw => IsClosed ? throw Disposed() : handle;

    /// <summary>Size of one axis; negative axes count from the last.</summary>
    public long Size(int axis)
    {
        NativeInfo info = Describe();
        int at = axis < 0 ? axis + info.Rank : axis;
        long size = (uint)at < (uint)info.Rank
            ? info.Sizes[at]
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"a tensor of {info.Rank} axes has no such axis");
        GC.KeepAlive(this);
        return size;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        IsClosed ? "disposed tensor" : $"{ScalarType}[{string.Join(", ", Shape)}]{(Device.IsCpu ? "" : "@" + Device)}";

    /// <summary>Takes over a reference that a call handed out.</summary>
    internal static TorchTensor Own(nint raw, bool scoped = true)
    {
        var tensor = new TorchTensor(raw);
        if (scoped)
            TorchScope.Register(tensor);
        return tensor;
    }

    /// <summary>Facts about the tensor; the pointers in it are good while this object is alive.</summary>
    internal NativeInfo Describe()
    {
        NativeInfo info;
        Shim.Check(Shim.rt_describe(Raw, &info));
        return info;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Shim.rt_free(handle);
        return true;
    }

    private static ObjectDisposedException Disposed() =>
        new(
            nameof(TorchTensor),
            "the tensor was freed, by Dispose or at the end of its scope; use TorchScope.Keep for what must outlive it");
}
