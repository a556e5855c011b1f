using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// Joins a linear layer with the activation and the residual sum that follow it, where nothing else reads what lies between.
/// </summary>
internal sealed class MarkEpilogues : GraphPass
{
    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs) => value.Op switch
    {
        Linear => Target.Apply(new FusedLinear(inputs.Length == 3, Epilogue.None, HasResidual: false), inputs),
        Unary { Kind: UnaryKind.Relu } => Activate(value, inputs[0], Epilogue.Relu),
        Gelu => Activate(value, inputs[0], Epilogue.Gelu),
        Silu => Activate(value, inputs[0], Epilogue.Silu),
        Binary { Kind: BinaryKind.Add } =>
            AddTo(value, inputs, product: 1, residual: 0) ?? AddTo(value, inputs, product: 0, residual: 1),
        _ => null,
    };

    private Tensor? Activate(OpValue value, Tensor x, Epilogue activation)
    {
        if (
            !IsUsedOnce(value.Inputs[0])
                || !Is(x, out FusedLinear linear, out IReadOnlyList<Value> parts) || linear.HasResidual
                || linear.Activation != Epilogue.None)
            return null;
        return Target.Apply(linear with { Activation = activation }, [.. parts.Select(Target.Wrap)]);
    }

    private Tensor? AddTo(OpValue value, Tensor[] inputs, int product, int residual)
    {
        Value source = value.Inputs[product];
        if (!IsUsedOnce(source) || !inputs[residual].Shape.Equals(value.Shape) || !inputs[product].Shape.Equals(value.Shape))
            return null;

        // Windows are cut apart between a global attention's output and its residual: the sum may as well come first.
        if (source is OpValue { Op: Reshape } reshape && reshape.Shape[-1] == reshape.Inputs[0].Shape[-1])
            source = reshape.Inputs[0];
        if (!IsUsedOnce(source) || !Is(Now(source), out FusedLinear linear, out IReadOnlyList<Value> parts) || linear.HasResidual)
            return null;
        Tensor aligned = Reshaped(inputs[residual], source.Shape);
        return Reshaped(Target.Apply(linear with { HasResidual = true }, [.. parts.Select(Target.Wrap), aligned]), value.Shape);
    }

    private static Tensor Reshaped(Tensor x, Shape shape) => x.Shape.Equals(shape) ? x : x.Reshape(shape.AsSpan());
}
