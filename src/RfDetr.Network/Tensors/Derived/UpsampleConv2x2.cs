namespace RfDetr.Tensors;

/// <summary>
/// Transposed convolution 2×2 with stride 2, channels last: <c>[B, h, w, C]</c>, weights <c>[C, O, 2, 2]</c>, bias <c>[O]</c> →
/// <c>[B, 2h, 2w, O]</c>. Outputs do not overlap, so it is one linear layer and a rearrangement.
/// </summary>
internal sealed record UpsampleConv2x2 : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3
                && AreFloats(inputs) && inputs[0].Shape.Rank == 4 && inputs[1].Shape.Rank == 4
                && inputs[1].Shape.Equals([inputs[0].Shape[3], inputs[1].Shape[1], 2, 2])
                && inputs[2].Shape.Equals([inputs[1].Shape[1]]),
            "takes [B, h, w, C], weights [C, O, 2, 2] and a bias [O]", inputs);
        Shape x = inputs[0].Shape;
        return inputs[0] with { Shape = [x[0], x[1] * 2, x[2] * 2, inputs[1].Shape[1]] };
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Shape x = inputs[0].Shape;
        int channels = x[3].Size, outputs = inputs[1].Shape[1].Size;
        Tensor weight = inputs[1].Permute(2, 3, 1, 0).Reshape(4 * outputs, channels);          // rows: (row, column, output)
        return inputs[0].Linear(weight, null)
            .Reshape(x[0], x[1], x[2], 2, 2, outputs).Permute(0, 1, 3, 2, 4, 5)
            .Reshape(x[0], x[1] * 2, x[2] * 2, outputs) + inputs[2];
    }
}
