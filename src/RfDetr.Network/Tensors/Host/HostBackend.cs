namespace RfDetr.Tensors;

/// <summary>
/// The plain reference back end: computes at once on managed arrays, one clear loop per operation. It defines what the others
/// must give (conformance), and it folds constants. Not fast. Safe for use from one thread at a time.
/// </summary>
internal sealed class HostBackend : Backend
{
    private readonly bool _keepTaps;

    /// <summary>Creates one; with <paramref name="keepTaps"/> the values of all named stages are kept.</summary>
    public HostBackend(bool keepTaps = false) => _keepTaps = keepTaps;

    /// <summary>The named stages met so far.</summary>
    public Dictionary<string, HostTensor> Taps { get; } = [];

    /// <summary>The numbers of a value of this back end.</summary>
    public static HostTensor Read(Tensor tensor) => ((HostValue)tensor).ToHostTensor();

    /// <inheritdoc/>
    public override Tensor Parameter(string name, HostTensor data) => Constant(data);

    /// <inheritdoc/>
    public override Tensor Constant(HostTensor data) => data.DType == DType.Int64
        ? new HostValue(this, TensorType.Index(Shape.Of(data.Shape)), null, data.Span<long>().ToArray())
        : new HostValue(this, TensorType.Float(Shape.Of(data.Shape)), data.AsSingles(), null);

    /// <inheritdoc/>
    public override Tensor Tap(string stage, Tensor value)
    {
        if (_keepTaps)
            Taps[stage] = Read(value);
        return value;
    }

    /// <inheritdoc/>
    protected override Tensor Execute(Op op, ReadOnlySpan<Tensor> inputs, TensorType result)
    {
        var x = (HostValue)inputs[0];
        HostValue? y = inputs.Length > 1 ? (HostValue)inputs[1] : null;
        HostValue? z = inputs.Length > 2 ? (HostValue)inputs[2] : null;
        int[] shape = result.Shape.Sizes();
        float[]? floats = null;
        long[]? indices = null;
        switch (op)
        {
            case Unary unary: floats = HostElementwise.Map(unary.Kind, x.Floats); break;
            case Binary binary: floats = HostElementwise.Combine(binary.Kind, x, y!, shape); break;
            case MatMul product: floats = HostProducts.MatMul(x, y!, product.TransposeB, shape); break;
            case Conv2d conv: floats = HostProducts.Conv2d(x, y!, z, conv, shape); break;
            case Softmax: floats = HostReductions.Softmax(x); break;
            case Reduce reduce: floats = HostReductions.Reduce(x, reduce.Kind, reduce.Axis); break;
            case TopKIndices top: indices = HostReductions.TopK(x, top.K); break;
            case ResizeBilinear: floats = HostResampling.Bilinear(x, shape); break;
            case ResizeBicubicAntialias: floats = HostResampling.BicubicAntialias(x, shape); break;
            case GridSample: floats = HostResampling.GridSample(x, y!, shape); break;
            default:
                if (x.IsIndex)
                    indices = HostLayout.Move(op, x, x.Indices, inputs, v => v.Indices, shape);
                else
                    floats = HostLayout.Move(op, x, x.Floats, inputs, v => v.Floats, shape);
                break;
        }

        return new HostValue(this, result, floats, indices);
    }
}

/// <summary>A tensor of the host back end: float32 or int64 numbers, row-major.</summary>
internal sealed class HostValue(Backend backend, TensorType type, float[]? floats, long[]? indices) : Tensor(backend, type)
{
    public bool IsIndex => indices is not null;

    public float[] Floats => floats ?? throw new ShapeException($"expected float32 values, got {Type}");

    public long[] Indices => indices ?? throw new ShapeException($"expected int64 values, got {Type}");

    public int[] Sizes { get; } = type.Shape.Sizes();

    public HostTensor ToHostTensor() => indices is null ? HostTensor.Of(Floats, Sizes) : HostTensor.Of(indices, Sizes);
}
