using System.Runtime.InteropServices;

namespace RfDetr.Torch;

/// <content>Elements in and out.</content>
internal sealed unsafe partial class TorchTensor
{
    private static readonly AtenOp
        ItemOp = new("aten::item");

    /// <summary>A tensor of a copy of <paramref name="data"/>, row-major.</summary>
    /// <typeparam name="T">float, double, long, int, short, sbyte, byte, bool or Half; it gives the element type.</typeparam>
    /// <param name="data">As many elements as the shape has.</param>
    /// <param name="shape">Sizes; empty for a number.</param>
    /// <param name="device">Device that it is to lie on.</param>
    /// <exception cref="ArgumentException">The count does not fit the shape.</exception>
    public static TorchTensor From<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> shape, Device device = default)
        where T : unmanaged => FromBytes(MemoryMarshal.AsBytes(data), shape, ScalarTypes.Of<T>(), device);

    /// <summary>A tensor of a copy of an array.</summary>
    public static TorchTensor From<T>(T[] data, ReadOnlySpan<long> shape, Device device = default)
        where T : unmanaged => From((ReadOnlySpan<T>)data, shape, device);

    /// <summary>A vector of a copy of an array.</summary>
    public static TorchTensor From<T>(params T[] data)
        where T : unmanaged => From((ReadOnlySpan<T>)data, [data.Length]);

    /// <summary>A tensor of a copy of raw elements (little endian).</summary>
    /// <exception cref="ArgumentException">The byte count does not fit shape and type.</exception>
    public static TorchTensor FromBytes(
        ReadOnlySpan<byte> data, ReadOnlySpan<long> shape, ScalarType type, Device device = default)
    {
        TorchLoader.Load();
        long bytes = type.SizeInBytes();
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            bytes = checked(bytes * size);
        }

        if (bytes != data.Length)
            throw new ArgumentException(
                $"a {type} tensor of shape [{string.Join(", ", shape.ToArray())}] has {bytes} bytes, given are {data.Length}",
                nameof(data));
        nint raw;
        fixed (byte* p = data)
        fixed (long* sizes = shape)
            Shim.Check(Shim.rt_new(p, sizes, shape.Length, (int)type, &raw));
        if (device.IsCpu)
            return Own(raw);
        using TorchTensor host = Own(raw, scoped: false);
        return host.To(device);
    }

    /// <summary>All elements, row-major, converted to <typeparamref name="T"/> where the type differs.</summary>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var array = new T[Count];
        CopyTo<T>(array);
        return array;
    }

    /// <summary>Copies all elements, row-major, converted to <typeparamref name="T"/> where the type differs.</summary>
    /// <exception cref="ArgumentException">The span is shorter than the tensor.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        ScalarType type = ScalarTypes.Of<T>();
        using var grad = TorchRuntime.NoGrad();
        using var scope = new TorchScope();
        TorchTensor source = this;
        if (source.ScalarType != type)
            source = source.To(type);
        if (!source.Device.IsCpu)
            source = source.To(Device.Cpu);
        source = source.IsContiguous ? source : source.Contiguous();
        NativeInfo info = source.Describe();
        if (destination.Length < info.Elements)
            throw new ArgumentException(
                $"the tensor has {info.Elements} elements, the span only {destination.Length}", nameof(destination));
        new ReadOnlySpan<T>(info.Data, checked((int)info.Elements)).CopyTo(destination);
        GC.KeepAlive(source);
    }

    /// <summary>
    /// The elements themselves, not a copy: for writing into a tensor in place. Valid while this object is alive and not resized.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is not on the CPU, not contiguous, or of another type.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        NativeInfo info = Describe();
        if (info.DeviceKind != 0 || info.Contiguous == 0 || info.ScalarType != (int)ScalarTypes.Of<T>())
            throw new InvalidOperationException(
                $"only a contiguous CPU tensor of {ScalarTypes.Of<T>()} can be seen as a span of {typeof(T).Name}, not {this}");
        return new Span<T>(info.Data, checked((int)info.Elements));
    }

    /// <summary>The one element, as a double.</summary>
    /// <exception cref="TorchException">There is not exactly one element.</exception>
    public double Item() => ItemOp.Number(this);

    /// <summary>The one element as a whole number.</summary>
    public long ItemInt64() => ScalarType == ScalarType.Int64 ? ToArray<long>() is [long one] ? one : (long)Item() : (long)Item();
}
