using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>λ ⊙ (x·Wᵀ + b) becomes x·(λW)ᵀ + λb: layer scales, and attention's 1/√d, disappear into the weights in front of them.</summary>
public sealed class FoldScales : GraphPass
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
        Tensor lambda = inputs[scale];
        if (!IsConstant(lambda) || !IsUsedOnce(value.Inputs[product]) || !Is(inputs[product], out Linear _, out IReadOnlyList<Value> linear))
            return null;
        Tensor[] parts = [.. linear.Select(Target.Wrap)];
        int outputs = parts[1].Shape[0].Size;
        bool isScalar = lambda.Shape.Equals([1]);
        if (!(isScalar || lambda.Shape.Equals([outputs])) || !parts.Skip(1).All(IsConstant))
            return null;
        Tensor rows = isScalar ? lambda : lambda.Reshape(outputs, 1);
        return parts[0].Linear(parts[1] * rows, parts.Length == 3 ? parts[2] * lambda : null);
    }
}
