using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Result of the criterion.</summary>
/// <param name="Total">The weighted sum: what is trained. A scalar.</param>
/// <param name="Names">Names of the terms as in rf-detr: <c>loss_ce</c>, <c>class_error</c>, <c>loss_bbox_0</c>, …</param>
/// <param name="Values">[n]: the terms, not weighted.</param>
/// <param name="Weights">[n]: their weights; 0 for what is logged only.</param>
internal sealed record LossResult(
    TorchTensor Total, IReadOnlyList<string> Names, TorchTensor Values, IReadOnlyList<double> Weights)
{
    /// <summary>The terms by name, still on the device.</summary>
    public IReadOnlyList<(string Name, TorchTensor Value)> Terms => [.. Names.Select((name, i) => (name, Values.Select(0, i)))];

    /// <summary>Copies the terms to the host: one transfer, which waits for the device.</summary>
    public double[] Read()
    {
        using var scope = new TorchScope();
        return Values.Detach().To(ScalarType.Float64).ToArray<double>();
    }
}
