namespace RfDetr.Tensors;

/// <summary>Functions of one number.</summary>
internal enum UnaryKind
{
    /// <summary>−x.</summary>
    Neg,

    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>√x.</summary>
    Sqrt,

    /// <summary>1/x.</summary>
    Reciprocal,

    /// <summary>sin x, x in radians.</summary>
    Sin,

    /// <summary>cos x, x in radians.</summary>
    Cos,

    /// <summary>1/(1+e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>Error function.</summary>
    Erf,
}

/// <summary>Functions of two numbers; shapes broadcast.</summary>
internal enum BinaryKind
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Sub,

    /// <summary>a · b.</summary>
    Mul,

    /// <summary>a / b.</summary>
    Div,

    /// <summary>The larger.</summary>
    Max,

    /// <summary>The smaller.</summary>
    Min,
}

/// <summary>A function applied to each element.</summary>
internal sealed record Unary(UnaryKind Kind) : Op
{
    /// <inheritdoc/>
    public override string Name => Kind.ToString();

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && inputs[0].DType.IsFloat(), "takes one float tensor", inputs);
        return inputs[0];
    }
}

/// <summary>A function of pairs of elements, with broadcasting.</summary>
internal sealed record Binary(BinaryKind Kind) : Op
{
    /// <inheritdoc/>
    public override string Name => Kind.ToString();

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2 && inputs[0].DType == inputs[1].DType, "takes two tensors of one element type", inputs);
        return inputs[0] with { Shape = Broadcast(inputs[0].Shape, inputs[1].Shape, inputs) };
    }
}
