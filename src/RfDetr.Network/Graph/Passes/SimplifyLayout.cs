using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// Removes moves that cancel: permutations of permutations, reshapes of reshapes, operations that change nothing.
/// </summary>
internal sealed class SimplifyLayout : GraphPass
{
    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        switch (value.Op)
        {
            case Permute outer when Is(inputs[0], out Permute inner, out IReadOnlyList<Value> from):
                return Permuted(Target.Wrap(from[0]), [.. outer.Axes.Select(axis => inner.Axes[axis])]);
            case Permute permute:
                return Permuted(inputs[0], permute.Axes);
            case Reshape reshape when Is(inputs[0], out Reshape _, out IReadOnlyList<Value> from):
                return Reshaped(Target.Wrap(from[0]), reshape.Target);
            case Reshape reshape:
                return Reshaped(inputs[0], reshape.Target);
            case BroadcastTo or Slice when value.Shape.Equals(inputs[0].Shape):
                return inputs[0];
            default:
                return null;
        }
    }

    private Tensor Permuted(Tensor x, IntList axes) =>
        axes.SequenceEqual(Enumerable.Range(0, axes.Count)) ? x : Target.Apply(new Permute(axes), x);

    private Tensor Reshaped(Tensor x, Shape shape) => shape.Equals(x.Shape) ? x : Target.Apply(new Reshape(shape), x);
}
