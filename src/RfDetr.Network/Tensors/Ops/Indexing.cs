namespace RfDetr.Tensors;

/// <summary>Rows of a table by index: <c>[S, …]</c>, indices <c>[…i]</c> → <c>[…i, …]</c>. Indices must lie in 0..S−1.</summary>
internal sealed record Take : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 2 && inputs[0].Shape.Rank >= 1 && inputs[1].DType == DType.Int64, "takes a table and int64 indices",
            inputs);
        return inputs[0] with { Shape = [.. inputs[1].Shape, .. inputs[0].Shape.Skip(1)] };
    }
}

/// <summary>Rows chosen for each image of a batch: <c>[B, S, D]</c>, indices <c>[B, K]</c> → <c>[B, K, D]</c>.</summary>
internal sealed record GatherRows : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 2
                && inputs[0].Shape.Rank == 3 && inputs[1].Shape.Rank == 2 && inputs[1].DType == DType.Int64
                && inputs[0].Shape[0] == inputs[1].Shape[0],
            "takes [B, S, D] and int64 [B, K]", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(1, inputs[1].Shape[1]) };
    }
}
