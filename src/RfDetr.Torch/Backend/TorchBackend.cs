using RfDetr.Tensors;

namespace RfDetr.Torch;

/// <summary>
/// Runs the network on libtorch, on the CPU or a GPU, with gradients: for training, and for evaluation of checkpoints. Not for
/// several threads at once. Open a <see cref="TorchScope"/> per step: values are freed with it, parameters are not.
/// </summary>
internal sealed class TorchBackend : Backend, IDisposable
{
    private readonly TorchBackendOptions _options;
    private readonly OrderedDictionary<string, TorchTensor> _parameters = [];
    private bool _usedTrainable;

    /// <summary>Creates one.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="TorchMissingException">There is no libtorch.</exception>
    public TorchBackend(TorchBackendOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
        TorchLoader.Load();
    }

    /// <summary>
    /// The learned tensors by checkpoint name, in the order in which the network asked for them: leaves, owned by this back end.
    /// </summary>
    public IReadOnlyDictionary<string, TorchTensor> Parameters => _parameters;

    /// <summary>
    /// True (the default) while training: blocks may be dropped and segments computed twice. False for evaluation.
    /// </summary>
    public bool Training { get; set; } = true;

    /// <summary>Images in the batch that runs now; needed for dropping blocks per image. <see cref="Images"/> sets it.</summary>
    public int BatchSize { get; set; }

    /// <summary>Values of the stages that <see cref="TorchBackendOptions.KeepTap"/> asked for, of the last pass.</summary>
    public Dictionary<string, HostTensor> Taps { get; } = [];

    /// <summary>Device on which everything runs.</summary>
    public Device Device => _options.Device;

    internal TorchBackendOptions Options => _options;

    /// <summary>A tensor as a value of this back end; it stays the caller's.</summary>
    public Tensor Wrap(TorchTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Shape shape = Shape.Of(tensor.Shape.Select(size => checked((int)size)));
        return new TorchValue(this, tensor.ScalarType.IsFloat() ? TensorType.Float(shape) : TensorType.Index(shape), tensor);
    }

    /// <summary>A batch of images [B, 3, H, W] as the network's input.</summary>
    public Tensor Images(TorchTensor batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        BatchSize = checked((int)batch.Size(0));
        return Wrap(batch);
    }

    /// <summary>The tensor behind a value of a torch back end.</summary>
    /// <exception cref="ArgumentException">It is a value of another back end.</exception>
    public static TorchTensor Unwrap(Tensor value) =>
        (
            value as TorchValue
                ?? throw new ArgumentException(
                    $"a value of {value?.Backend.GetType().Name ?? "nothing"} has no torch tensor", nameof(value))).Tensor;

    /// <summary>The numbers of a value, in float32 or int64.</summary>
    public static HostTensor Read(Tensor value)
    {
        TorchTensor tensor = Unwrap(value);
        int[] shape = [.. tensor.Shape.Select(size => checked((int)size))];
        return tensor.ScalarType.IsFloat()
            ? HostTensor.Of(tensor.ToArray<float>(), shape)
            : HostTensor.Of(tensor.ToArray<long>(), shape);
    }

    /// <inheritdoc/>
    public override Tensor Parameter(string name, HostTensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!_parameters.ContainsKey(name))
        {
            TorchTensor leaf = TorchScope.Detach(Upload(data));
            leaf.RequiresGrad = _options.TrainableParameters;
            _parameters.Add(name, leaf);
        }

        return TorchValue.OfParameter(this, name, Shape.Of(data.Shape));
    }

    /// <inheritdoc/>
    public override Tensor Constant(HostTensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Shape.Count == 0 && data.DType == DType.Float32)
            return TorchValue.OfNumber(this, data.Span<float>()[0]);
        Shape shape = Shape.Of(data.Shape);
        return new TorchValue(this, data.DType.IsFloat() ? TensorType.Float(shape) : TensorType.Index(shape), Upload(data));
    }

    /// <inheritdoc/>
    public override bool Supports(DerivedOp op) => op is Linear or LayerNorm or Gelu or Silu or Attention or DeformableSampling;

    /// <inheritdoc/>
    public override Tensor Tap(string stage, Tensor value)
    {
        if (_options.KeepTap?.Invoke(stage) == true)
            Taps[stage] = Read(value);
        return value;
    }

    /// <inheritdoc/>
    public override Tensor Segment(Func<Tensor[], Tensor> body, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_options.CheckpointSegments && Training && TorchRuntime.GradEnabled)
            return CheckpointedSegment.Run(this, body, inputs);
        using var scope = new TorchScope();
        Tensor result = body(inputs);
        scope.Keep(Unwrap(result));
        return result;
    }

    /// <inheritdoc/>
    public override Tensor Branch(Tensor value, float depth)
    {
        double rate = _options.DropPathRate * depth;
        return rate > 0 && Training
            ? new TorchValue(this, value.Type, DropPath.Apply(Unwrap(value), BatchSize, 1 - rate))
            : value;
    }

    /// <inheritdoc/>
    public override Tensor Detach(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new TorchValue(this, value.Type, Unwrap(value).Detach());
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        foreach (TorchTensor parameter in _parameters.Values)
            parameter.Dispose();
        _parameters.Clear();
    }

    /// <summary>A parameter as the network is to see it now.</summary>
    internal TorchTensor Use(string name)
    {
        if (!_parameters.TryGetValue(name, out TorchTensor? leaf))
            throw new ObjectDisposedException(nameof(TorchBackend), $"the back end of parameter '{name}' was disposed");
        TorchTensor tensor = _options.Transform?.Invoke(name, leaf) ?? leaf;
        _usedTrainable |= tensor.RequiresGrad || leaf.RequiresGrad;
        return tensor;
    }

    /// <summary>Runs a body and says whether it used a parameter that needs a gradient.</summary>
    internal bool UsesTrainable(Action body)
    {
        bool before = _usedTrainable;
        _usedTrainable = false;
        body();
        bool used = _usedTrainable;
        _usedTrainable |= before;
        return used;
    }

    internal TorchTensor Materialize(double number) => TorchTensor.Scalar(number, _options.Precision, _options.Device);

    /// <inheritdoc/>
    protected override Tensor Execute(Op op, ReadOnlySpan<Tensor> inputs, TensorType result) =>
        new TorchValue(this, result, Kernels.Run(op, inputs, result));

    private TorchTensor Upload(HostTensor data)
    {
        long[] shape = [.. data.Shape.Select(size => (long)size)];
        ScalarType type = data.DType switch
        {
            DType.Float32 => ScalarType.Float32,
            DType.Float16 => ScalarType.Float16,
            DType.BFloat16 => ScalarType.BFloat16,
            DType.Float64 => ScalarType.Float64,
            DType.Int64 => ScalarType.Int64,
            DType.Int32 => ScalarType.Int32,
            DType.Int16 => ScalarType.Int16,
            DType.Int8 => ScalarType.Int8,
            DType.UInt8 => ScalarType.UInt8,
            _ => ScalarType.Bool,
        };
        TorchTensor tensor = TorchTensor.FromBytes(data.Bytes.Span, shape, type, _options.Device);
        ScalarType wanted = data.DType.IsFloat() ? _options.Precision : ScalarType.Int64;
        return type == wanted ? tensor : Converted(tensor, wanted);
    }

    private static TorchTensor Converted(TorchTensor tensor, ScalarType type)
    {
        using (tensor)
            return tensor.To(type);
    }
}
