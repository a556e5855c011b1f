using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>Functions that a product applies to its result while that is still in cache.</summary>
internal enum Epilogue
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>Exact GELU.</summary>
    Gelu,

    /// <summary>x·σ(x).</summary>
    Silu,
}

/// <summary>
/// activation(x·Wᵀ + b) + residual: a linear layer with everything that can be done before its result leaves the cache.
/// Inputs: x <c>[..., in]</c>, weights <c>[out, in]</c>, then bias <c>[out]</c> and residual <c>[..., out]</c> as marked.
/// </summary>
internal sealed record FusedLinear(bool HasBias, Epilogue Activation, bool HasResidual) : DerivedOp
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        int count = 2 + (HasBias ? 1 : 0) + (HasResidual ? 1 : 0);
        Require(inputs.Length == count, $"takes {count} tensors", inputs);
        TensorType type = new Linear().Infer(inputs[..(HasBias ? 3 : 2)]);
        Require(!HasResidual || inputs[^1].Shape.Equals(type.Shape), $"the residual must be shaped {type.Shape}", inputs);
        return type;
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Tensor y = inputs[0].Linear(inputs[1], HasBias ? inputs[2] : null);
        y = Activation switch { Epilogue.Relu => y.Relu(), Epilogue.Gelu => y.Gelu(), Epilogue.Silu => y.Silu(), _ => y };
        return HasResidual ? inputs[^1] + y : y;
    }
}
