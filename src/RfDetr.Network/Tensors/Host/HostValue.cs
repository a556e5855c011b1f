namespace RfDetr.Tensors;

/// <summary>A tensor of the host back end: float32 or int64 numbers, row-major.</summary>
internal sealed class HostValue(Backend backend, TensorType type, float[]? floats, long[]? indices) : Tensor(backend, type)
{
    public bool IsIndex => indices is not null;

    public float[] Floats => floats ?? throw new ShapeException($"expected float32 values, got {Type}");

    public long[] Indices => indices ?? throw new ShapeException($"expected int64 values, got {Type}");

    public int[] Sizes { get; } = type.Shape.Sizes();

    public HostTensor ToHostTensor() => indices is null ? HostTensor.Of(Floats, Sizes) : HostTensor.Of(indices, Sizes);
}
