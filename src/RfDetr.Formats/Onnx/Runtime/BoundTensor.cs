namespace RfDetr.Onnx;

/// <summary>The memory of one input or output of a <see cref="SessionBinding"/>; valid until that is disposed of or binds the name again.</summary>
public sealed unsafe class BoundTensor
{
    private readonly long[] _shape = new long[ShapeCheck.MaxRank];
    private int _rank;
    private void* _data;
    private bool _alive = true;

    internal BoundTensor(OnnxValueInfo info) => Info = info;

    /// <summary>Name and declared type.</summary>
    public OnnxValueInfo Info { get; }

    /// <summary>Dimensions of the present contents; for an output of variable shape, those of the last run (empty before it).</summary>
    public ReadOnlySpan<long> Shape => _shape.AsSpan(0, _rank);

    /// <summary>Number of elements.</summary>
    public long Count { get; private set; }

    internal NativeBuffer? Buffer { get; init; }

    internal void* Address => _data;

    /// <summary>The OrtValue: of the caller's or our buffer, or for a variable output the one that the last run made.</summary>
    internal nint Value { get; set; }

    /// <summary>True if the runtime allocates this output again in each run.</summary>
    internal bool IsVariable { get; init; }

    /// <summary>The elements in place: write an input's before a run, read an output's after it.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> does not match the element type.</exception>
    /// <exception cref="InvalidOperationException">An output of variable shape before the first run.</exception>
    /// <exception cref="ObjectDisposedException">The binding is gone or has bound the name again.</exception>
    public Span<T> Data<T>()
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(!_alive, this);
        if (!OnnxElementTypes.IsViewable<T>(Info.ElementType))
            OnnxElementTypes.ThrowNotViewable(Info.Name, Info.ElementType, typeof(T));
        if (Count < 0)
            ThrowNoRun();
        return new Span<T>(_data, checked((int)Count));
    }

    internal void Set(ReadOnlySpan<long> shape, void* data)
    {
        shape.CopyTo(_shape);
        _rank = shape.Length;
        _data = data;
        Count = 1;
        foreach (long size in shape)
            Count = checked(Count * size);
    }

    /// <summary>An output whose shape is known only after a run.</summary>
    internal void SetUnknown()
    {
        _rank = 0;
        _data = null;
        Count = -1;
    }

    internal void Retire()
    {
        _alive = false;
        _data = null;
        Buffer?.Dispose();
    }

    private void ThrowNoRun() => throw new InvalidOperationException($"output '{Info.Name}' has no contents before the first run");
}
