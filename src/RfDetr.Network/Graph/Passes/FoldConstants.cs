using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>Computes at once what depends on constants only: position tables, anchors, slices of packed weights.</summary>
internal sealed class FoldConstants : GraphPass
{
    private readonly HostBackend _host = new();

    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (!value.Shape.IsFixed || !Array.TrueForAll(inputs, IsConstant))
            return null;
        ConstantValue[] constants = [.. inputs.Select(i => (ConstantValue)GraphBackend.ValueOf(i))];
        Tensor[] known = [.. constants.Select(c => _host.Constant(c.Data))];
        return Target.Constant(
            HostBackend.Read(_host.Apply(value.Op, known)), [.. constants.SelectMany(c => c.Sources).Distinct()]);
    }
}
