using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RfDetr.Tensors;

/// <summary>
/// A named-less, contiguous, row-major block of numbers in host memory (little endian): what files hold,
/// what constants are made of. Immutable by contract; the memory may be a view of a mapped file.
/// </summary>
internal sealed class HostTensor
{
    /// <summary>Wraps <paramref name="bytes"/>; nothing is copied.</summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="shape">Dimensions, each ≥ 0; empty for a scalar.</param>
    /// <param name="bytes">Exactly product(<paramref name="shape"/>) elements.</param>
    /// <exception cref="ArgumentException">The byte count does not fit the shape.</exception>
    public HostTensor(DType dtype, ReadOnlySpan<int> shape, ReadOnlyMemory<byte> bytes)
    {
        DType = dtype;
        Shape = [.. shape];
        Count = 1;
        foreach (int size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            Count = checked(Count * size);
        }

        if (checked(Count * dtype.SizeInBytes()) != bytes.Length)
            throw new ArgumentException(
                $"a {dtype} tensor of shape [{string.Join(", ", Shape)}] takes {Count * dtype.SizeInBytes()} bytes, got "
                    + $"{bytes.Length}");
        Bytes = bytes;
    }

    /// <summary>Element type.</summary>
    public DType DType { get; }

    /// <summary>Dimensions, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The elements, row-major, little endian.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Wraps an array of float32 values.</summary>
    public static HostTensor Of(float[] values, params ReadOnlySpan<int> shape) =>
        new(DType.Float32, shape, new ArrayBytes<float>(values).Memory);

    /// <summary>Wraps an array of int64 values.</summary>
    public static HostTensor Of(long[] values, params ReadOnlySpan<int> shape) =>
        new(DType.Int64, shape, new ArrayBytes<long>(values).Memory);

    /// <summary>The elements seen as <typeparamref name="T"/>, without conversion.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> has another size than the element type.</exception>
    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != DType.SizeInBytes())
            throw new InvalidOperationException($"cannot view {DType} elements as {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(Bytes.Span);
    }

    /// <summary>The values converted to float32 (a new array).</summary>
    public float[] ToSingles()
    {
        var result = new float[checked((int)Count)];
        CopyTo(result);
        return result;
    }

    // The array behind a tensor that was made of one, else a converted copy. Only for readers: it may not be written to.
    internal float[] AsSingles() =>
        DType == DType.Float32
            && MemoryMarshal.TryGetMemoryManager(Bytes, out ArrayBytes<float>? manager, out int start, out int length)
        && start == 0 && length == manager.Array.Length * sizeof(float) ? manager.Array : ToSingles();

    /// <summary>Converts the values to float32 into <paramref name="destination"/> (exactly <see cref="Count"/> long).</summary>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != Count)
            throw new ArgumentException(
                $"destination holds {destination.Length} values, the tensor {Count}", nameof(destination));
        switch (DType)
        {
            case DType.Float32: Span<float>().CopyTo(destination); break;
            case DType.Float16: Convert<Half>(destination, static v => (float)v); break;
            case DType.BFloat16: Convert<ushort>(destination, static v => BitConverter.UInt32BitsToSingle((uint)v << 16)); break;
            case DType.Float64: Convert<double>(destination, static v => (float)v); break;
            case DType.Int64: Convert<long>(destination, static v => v); break;
            case DType.Int32: Convert<int>(destination, static v => v); break;
            case DType.Int16: Convert<short>(destination, static v => v); break;
            case DType.Int8: Convert<sbyte>(destination, static v => v); break;
            default: Convert<byte>(destination, static v => v); break;
        }
    }

    private void Convert<T>(Span<float> destination, Func<T, float> convert)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = Span<T>();
        for (int i = 0; i < source.Length; i++)
            destination[i] = convert(source[i]);
    }
}

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
