using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>Writes derived operations out in simpler ones, except those the consumer has kernels for.</summary>
internal sealed class Decompose(Func<DerivedOp, bool> keep) : GraphPass
{
    /// <inheritdoc/>
    protected override GraphBackend CreateTarget() => new(keep);

    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs) => null;
}
