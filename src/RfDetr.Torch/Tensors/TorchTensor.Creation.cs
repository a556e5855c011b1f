namespace RfDetr.Torch;

/// <content>Making tensors.</content>
internal sealed unsafe partial class TorchTensor
{
    private static readonly AtenOp
        EmptyOp = new("aten::empty.memory_format"), ZerosOp = new("aten::zeros"), OnesOp = new("aten::ones"),
        FullOp = new("aten::full"), ArangeOp = new("aten::arange.start_step"), RandOp = new("aten::rand"),
        RandnOp = new("aten::randn"), ZerosLikeOp = new("aten::zeros_like"), EmptyLikeOp = new("aten::empty_like");

    /// <summary>Elements are undefined.</summary>
    public static TorchTensor Empty(long[] shape, ScalarType type = ScalarType.Float32, Device device = default) =>
        EmptyOp.Call(shape, type, default, device);

    /// <summary>All zero.</summary>
    public static TorchTensor Zeros(long[] shape, ScalarType type = ScalarType.Float32, Device device = default) =>
        ZerosOp.Call(shape, type, default, device);

    /// <summary>All one.</summary>
    public static TorchTensor Ones(long[] shape, ScalarType type = ScalarType.Float32, Device device = default) =>
        OnesOp.Call(shape, type, default, device);

    /// <summary>All <paramref name="value"/>.</summary>
    public static TorchTensor Full(long[] shape, double value, ScalarType type = ScalarType.Float32, Device device = default) =>
        FullOp.Call(shape, value, type, default, device);

    /// <summary>A number without axes.</summary>
    public static TorchTensor Scalar(double value, ScalarType type = ScalarType.Float32, Device device = default) =>
        FullOp.Call(Array.Empty<long>(), value, type, default, device);

    /// <summary>0, 1, … <paramref name="end"/> − 1.</summary>
    public static TorchTensor Arange(long end, ScalarType type = ScalarType.Int64, Device device = default) =>
        ArangeOp.Call(0L, end, 1L, type, default, device);

    /// <summary>From <paramref name="start"/> by <paramref name="step"/> to before <paramref name="end"/>.</summary>
    public static TorchTensor Arange(
        double start, double end, double step, ScalarType type = ScalarType.Float32, Device device = default) =>
        ArangeOp.Call(start, end, step, type, default, device);

    /// <summary>Uniform in [0, 1), from the device's generator.</summary>
    public static TorchTensor Rand(long[] shape, ScalarType type = ScalarType.Float32, Device device = default) =>
        RandOp.Call(shape, type, default, device);

    /// <summary>Normal with mean 0 and variance 1, from the device's generator.</summary>
    public static TorchTensor Randn(long[] shape, ScalarType type = ScalarType.Float32, Device device = default) =>
        RandnOp.Call(shape, type, default, device);

    /// <summary>Zeros of the shape, type and device of another.</summary>
    public static TorchTensor ZerosLike(TorchTensor other) => ZerosLikeOp.Call(other);

    /// <summary>Undefined elements in the shape, type and device of another.</summary>
    public static TorchTensor EmptyLike(TorchTensor other) => EmptyLikeOp.Call(other);
}
