using RfDetr.Tensors;

namespace RfDetr.Torch;

/// <summary>
/// A value of the network on libtorch: a tensor, a number that becomes one only where it must, or a parameter looked up at each
/// use.
/// </summary>
internal sealed class TorchValue : Tensor
{
    private readonly TorchBackend _backend;
    private readonly string? _parameter;
    private TorchTensor? _tensor;

    public TorchValue(TorchBackend backend, TensorType type, TorchTensor tensor)
        : base(backend, type) => (_backend, _tensor) = (backend, tensor);

    private TorchValue(TorchBackend backend, TensorType type, string? parameter, double? number)
        : base(backend, type) => (_backend, _parameter, Number) = (backend, parameter, number);

    /// <summary>The value if it is a constant number: operators take it as such, without a tensor.</summary>
    public double? Number { get; }

    /// <summary>The tensor, for use now.</summary>
    public TorchTensor Tensor =>
        _parameter is not null ? _backend.Use(_parameter) : _tensor ??= _backend.Materialize(Number!.Value);

    /// <summary>As an operator's argument.</summary>
    public TorchArg Arg => Number is { } number ? number : Tensor;

    public static TorchValue OfNumber(TorchBackend backend, double number) =>
        new(backend, TensorType.Float(Tensors.Shape.Scalar), null, number);

    public static TorchValue OfParameter(TorchBackend backend, string name, Shape shape) =>
        new(backend, TensorType.Float(shape), name, null);
}
