namespace RfDetr.Tensors;

/// <summary>
/// (x − mean) / √(variance + ε) · weight + bias over the last axis (biased variance). The sums stay in float32 in every
/// precision: in half they overflow.
/// </summary>
internal sealed record LayerNorm(float Epsilon) : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3
                && AreFloats(inputs) && inputs[0].Shape.Rank > 0 && inputs[1].Shape.Equals([inputs[0].Shape[-1]])
                && inputs[2].Shape.Equals(inputs[1].Shape),
            "takes x [..., D], weight [D] and bias [D]", inputs);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Tensor centerd = inputs[0] - inputs[0].Reduce(ReduceKind.Mean, -1, keep: true);
        Tensor variance = (centerd * centerd).Reduce(ReduceKind.Mean, -1, keep: true);
        return centerd / (variance + Epsilon).Sqrt() * inputs[1] + inputs[2];
    }
}
