using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// λ ⊙ (x·Wᵀ + b) becomes x·(λW)ᵀ + λb: layer scales, and attention's 1/√d, disappear into the weights in front of them, also
/// where windows are cut apart between the two (a reshape that keeps the last axis).
/// </summary>
internal sealed class FoldScales : GraphPass
{
    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (value.Op is not Binary { Kind: BinaryKind.Mul })
            return null;
        return Fold(value, inputs, scale: 0, product: 1) ?? Fold(value, inputs, scale: 1, product: 0);
    }

    private Tensor? Fold(OpValue value, Tensor[] inputs, int scale, int product)
    {
        (Tensor lambda, Value source) = (inputs[scale], value.Inputs[product]);
        if (!IsConstant(lambda) || !IsUsedOnce(source))
            return null;
        if (source is OpValue { Op: Reshape } reshape && reshape.Shape[-1] == reshape.Inputs[0].Shape[-1])
            source = reshape.Inputs[0];
        if (!IsUsedOnce(source) || !Is(Now(source), out Linear _, out IReadOnlyList<Value> linear))
            return null;
        Tensor[] parts = [.. linear.Select(Target.Wrap)];
        int outputs = parts[1].Shape[0].Size;
        bool isScalar = lambda.Shape.Equals([1]);
        if (!(isScalar || lambda.Shape.Equals([outputs])) || !parts.Skip(1).All(IsConstant))
            return null;
        Tensor rows = isScalar ? lambda : lambda.Reshape(outputs, 1);
        Tensor scaled = parts[0].Linear(parts[1] * rows, parts.Length == 3 ? parts[2] * lambda : null);
        return scaled.Shape.Equals(value.Shape) ? scaled : scaled.Reshape(value.Shape.AsSpan());
    }
}
