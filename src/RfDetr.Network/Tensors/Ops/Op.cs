namespace RfDetr.Tensors;

/// <summary>
/// One operation as data: its settings, the rule that infers (and checks) the result's type, nothing else.
/// Back ends execute it, the graph stores it. Compared by value.
/// </summary>
internal abstract record Op
{
    /// <summary>Name for messages and listings.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The result's type for these inputs.</summary>
    /// <exception cref="ShapeException">The inputs do not fit the operation.</exception>
    public abstract TensorType Infer(ReadOnlySpan<TensorType> inputs);

    /// <summary>Throws unless <paramref name="condition"/> holds; the message names the operation and the inputs.</summary>
    protected void Require(bool condition, string rule, ReadOnlySpan<TensorType> inputs)
    {
        if (!condition)
            throw Misfit(rule, inputs);
    }

    /// <summary>The shape to which two broadcast; throws with the operation's name if they do not.</summary>
    protected Shape Broadcast(Shape a, Shape b, ReadOnlySpan<TensorType> inputs) =>
        Shape.TryBroadcast(a, b) ?? throw Misfit($"{a} and {b} do not broadcast", inputs);

    /// <summary>True if all inputs are floating-point tensors.</summary>
    protected static bool AreFloats(ReadOnlySpan<TensorType> inputs)
    {
        foreach (TensorType input in inputs)
        {
            if (!input.DType.IsFloat())
                return false;
        }

        return true;
    }

    private ShapeException Misfit(string rule, ReadOnlySpan<TensorType> inputs) =>
        new($"{Name}: {rule}; the inputs are {string.Join(", ", inputs.ToArray().Select(t => t.ToString()))}");
}

/// <summary>
/// An operation that is defined by simpler ones. A back end that has a kernel for it says so through
/// <see cref="Backend.Supports"/>; for all others <see cref="Decompose"/> writes it out.
/// </summary>
internal abstract record DerivedOp : Op
{
    /// <summary>The operation written in simpler ones, on the inputs' back end.</summary>
    public abstract Tensor Decompose(ReadOnlySpan<Tensor> inputs);
}
