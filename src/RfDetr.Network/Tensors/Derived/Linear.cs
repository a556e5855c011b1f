namespace RfDetr.Tensors;

/// <summary>
/// Fully connected layer: <c>x [..., in]</c>, weights <c>[out, in]</c>, optional bias <c>[out]</c> → <c>[..., out]</c>.
/// </summary>
internal sealed record Linear : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length is 2 or 3
                && AreFloats(inputs) && inputs[1].Shape.Rank == 2 && inputs[0].Shape.Rank >= 2
                && inputs[0].Shape[-1] == inputs[1].Shape[1],
            "takes x [..., in], weights [out, in] and perhaps a bias", inputs);
        Require(inputs.Length == 2 || inputs[2].Shape.Equals([inputs[1].Shape[0]]), "the bias must be [out]", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(-1, inputs[1].Shape[0]) };
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Tensor product = inputs[0].MatMul(inputs[1], transposeB: true);
        return inputs.Length == 3 ? product + inputs[2] : product;
    }
}
