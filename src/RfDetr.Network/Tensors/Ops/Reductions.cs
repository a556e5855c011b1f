namespace RfDetr.Tensors;

/// <summary>Kinds of reduction of an axis.</summary>
internal enum ReduceKind
{
    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Largest value.</summary>
    Max,
}

/// <summary>One axis reduced; the axis stays with size one if <paramref name="Keep"/>.</summary>
internal sealed record Reduce(ReduceKind Kind, int Axis, bool Keep = false) : Op
{
    /// <inheritdoc/>
    public override string Name => $"Reduce{Kind}";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && AreFloats(inputs), "takes one float tensor", inputs);
        Shape shape = inputs[0].Shape;
        int axis = shape.Axis(Axis);
        return inputs[0] with { Shape = Keep ? shape.With(axis, 1) : [.. shape.Where((_, i) => i != axis)] };
    }
}

/// <summary>eˣ divided by its sum over the last axis.</summary>
internal sealed record Softmax : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && inputs[0].Shape.Rank > 0 && AreFloats(inputs), "takes one float tensor with at least one axis",
            inputs);
        return inputs[0];
    }
}

/// <summary>
/// Indices of the <paramref name="K"/> largest values of the last axis, largest first; of equal values the lower index first.
/// </summary>
internal sealed record TopKIndices(int K) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && inputs[0].Shape.Rank > 0 && AreFloats(inputs), "takes one float tensor with at least one axis",
            inputs);
        Require(K >= 0 && K <= inputs[0].Shape[-1].Size, $"the last axis must have at least {K} values", inputs);
        return TensorType.Index(inputs[0].Shape.With(-1, K));
    }
}
