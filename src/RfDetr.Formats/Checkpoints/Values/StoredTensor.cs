using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>A tensor in a checkpoint, as a view (offset, strides) of a storage; read only when asked for.</summary>
internal sealed class StoredTensor
{
    private readonly Storage _storage;
    private readonly long _offset;
    private readonly long[] _strides;
    private readonly int[] _shape;
    private readonly bool _negated;
    private HostTensor? _loaded;

    private StoredTensor(Storage storage, long offset, int[] shape, long[] strides, long count, bool negated)
    {
        _negated = negated;
        _storage = storage;
        _offset = offset;
        _shape = shape;
        _strides = strides;
        Count = count;
    }

    /// <summary>Dimensions, outermost first.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The element type's PyTorch name, e.g. <c>float32</c>.</summary>
    public string ElementType => _storage.Kind.Name;

    /// <summary>The values, contiguous: a view of the file where the layout allows it, else a copy. Made once.</summary>
    /// <exception cref="CheckpointFormatException">The element type has no counterpart here (complex, quantized, …).</exception>
    public HostTensor Load()
    {
        // Two threads may both make it; the results are equal.
        return _loaded ??= Read();
    }

    /// <summary>Checks a view against its storage.</summary>
    /// <exception cref="CheckpointFormatException">
    /// It leaves the storage, or claims more elements than the file has bytes for.
    /// </exception>
    internal static StoredTensor Create(
        Storage storage, long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, bool negated = false)
    {
        if (shape.Length != strides.Length)
            throw Broken(storage, shape, $"has {strides.Length} strides");
        var sizes = new int[shape.Length];
        long count = 1;
        Int128 extent = storage.Kind.ElementSize;
        bool empty = false;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] is < 0 or > int.MaxValue)
                throw Broken(storage, shape, "has a dimension outside 0…2147483647");
            sizes[i] = (int)shape[i];
            empty |= shape[i] == 0;

            // Empty tensors too: nobody's product of dimensions may wrap later.
            extent *= Math.Max(1, sizes[i]);
            if (extent > long.MaxValue)
                throw Broken(storage, shape, "is larger than any file");
            if (strides[i] < 0)
                throw Broken(storage, shape, $"has a negative stride {strides[i]}");
        }

        Int128 last = offset;
        for (int i = 0; i < shape.Length && !empty; i++)
        {
            // Each product stays below 2^31 · file length, so a 128-bit sum cannot wrap.
            last += (Int128)(shape[i] - 1) * strides[i];
            if (shape[i] > 1 && count > storage.MaxViewElements / shape[i])
                throw Broken(storage, shape, $"claims more elements than its file of {storage.File.Length} bytes can back");
            count *= shape[i];
        }

        count = empty ? 0 : count;
        if (offset < 0 || (count > 0 && last >= storage.Count))
            throw Broken(storage, shape, $"reaches element {last}");
        return new StoredTensor(storage, offset, sizes, strides.ToArray(), count, negated);
    }

    private static CheckpointFormatException Broken(Storage storage, ReadOnlySpan<long> shape, string what) => new(
        $"{storage.File.Name}: a tensor of shape [{string.Join(", ", shape.ToArray())}] {what}, but its storage "
            + $"'{storage.Key}' has {storage.Count} {storage.Kind.Name} elements");

    private HostTensor Read()
    {
        DType dtype = _storage.Kind.DType ?? throw new CheckpointFormatException(
            $"{_storage.File.Name}: a tensor has element type {_storage.Kind.Name}, which has no counterpart here; "
                + $"convert it to float32 and save again");
        int size = dtype.SizeInBytes();
        _storage.Verify();
        if (Count == 0)
            return new HostTensor(dtype, _shape, ReadOnlyMemory<byte>.Empty);
        if (!IsContiguous())
        {
            if (Count > Array.MaxLength / size)
                throw new CheckpointFormatException(
                    $"{_storage.File.Name}: a strided tensor of {Count} {ElementType} elements is above the limit of "
                        + $"{Array.MaxLength} bytes; save it contiguous");
            var bytes = new byte[Count * size];
            StridedCopy.Gather(_storage.Slice(0, _storage.Count).Span, bytes, size, _offset, _shape, _strides);
            return new HostTensor(dtype, _shape, _negated ? Negation.Of(bytes, dtype, _storage.File.Name) : bytes);
        }

        ReadOnlyMemory<byte> view = _storage.Slice(_offset, Count);
        if (_negated)
            return new HostTensor(dtype, _shape, Negation.Of(view.ToArray(), dtype, _storage.File.Name));
        bool aligned = (_storage.Position + _offset * size) % size == 0;
        return new HostTensor(dtype, _shape, aligned ? view : view.ToArray());
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (int i = _shape.Length - 1; i >= 0; i--)
        {
            if (_shape[i] != 1 && _strides[i] != expected)
                return false;
            expected *= _shape[i];
        }

        return true;
    }
}
