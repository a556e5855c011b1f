namespace RfDetr.Tensors;

/// <summary>
/// Scaled dot-product attention of <paramref name="Heads"/> heads: queries <c>[B, N, D]</c>, keys and values <c>[B, M, D]</c>
/// (already projected) → <c>[B, N, D]</c>; scale 1/√(D/heads).
/// </summary>
internal sealed record Attention(int Heads) : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3
                && AreFloats(inputs) && inputs[0].Shape.Rank == 3 && inputs[1].Shape.Equals(inputs[2].Shape)
                && inputs[0].Shape[0] == inputs[1].Shape[0] && inputs[0].Shape[2] == inputs[1].Shape[2] && Heads > 0
                && inputs[0].Shape[2].Size % Heads == 0,
            $"takes [B, N, D], [B, M, D], [B, M, D] with D a multiple of {Heads}", inputs);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Shape shape = inputs[0].Shape;
        int size = shape[2].Size / Heads;
        Tensor scaled = inputs[0] * (1f / MathF.Sqrt(size));       // on the projection itself, whose weights may take it in
        Tensor query = Split(scaled).Permute(0, 2, 1, 3);          // [B, heads, N, size]
        Tensor key = Split(inputs[1]).Permute(0, 2, 3, 1);         // [B, heads, size, M]
        Tensor value = Split(inputs[2]).Permute(0, 2, 1, 3);       // [B, heads, M, size]
        return query.MatMul(key).Softmax().MatMul(value).Permute(0, 2, 1, 3).Reshape(shape.AsSpan());

        Tensor Split(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], Heads, size);
    }
}
