namespace RfDetr.Tensors;

/// <summary>Follows shapes only: checks a network or plans memory without weights or arithmetic.</summary>
internal sealed class ShapeBackend : Backend
{
    private readonly List<(string Stage, Shape Shape)> _taps = [];

    /// <summary>The stages met so far, in order.</summary>
    public IReadOnlyList<(string Stage, Shape Shape)> Taps => _taps;

    /// <summary>A value of a given type.</summary>
    public Tensor Input(TensorType type) => new ShapeTensor(this, type);

    /// <inheritdoc/>
    public override Tensor Parameter(string name, HostTensor data) => Constant(data);

    /// <inheritdoc/>
    public override Tensor Constant(HostTensor data) =>
        new ShapeTensor(this, new(data.DType.IsFloat() ? DType.Float32 : data.DType, Shape.Of(data.Shape)));

    /// <inheritdoc/>
    public override Tensor Tap(string stage, Tensor value)
    {
        _taps.Add((stage, value.Shape));
        return value;
    }

    /// <inheritdoc/>
    protected override Tensor Execute(Op op, ReadOnlySpan<Tensor> inputs, TensorType result) => new ShapeTensor(this, result);

    private sealed class ShapeTensor(ShapeBackend backend, TensorType type) : Tensor(backend, type);
}
