namespace RfDetr.Tensors;

/// <summary>Facts that shape inference knows of a value.</summary>
internal sealed record TensorType(DType DType, Shape Shape)
{
    /// <summary>A float32 value.</summary>
    public static TensorType Float(Shape shape) => new(DType.Float32, shape);

    /// <summary>An int64 value (indices).</summary>
    public static TensorType Index(Shape shape) => new(DType.Int64, shape);

    /// <inheritdoc/>
    public override string ToString() => $"{DType}{Shape}";
}
