namespace RfDetr.Tensors;

/// <summary>x/2 · (1 + erf(x/√2)): the exact GELU, not its tanh approximation.</summary>
internal sealed record Gelu : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && inputs[0].DType.IsFloat(), "takes one float tensor", inputs);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs) =>
        inputs[0] * ((inputs[0] / MathF.Sqrt(2)).Erf() + 1f) * 0.5f;
}

/// <summary>x · σ(x).</summary>
internal sealed record Silu : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && inputs[0].DType.IsFloat(), "takes one float tensor", inputs);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0] * inputs[0].Sigmoid();
}
