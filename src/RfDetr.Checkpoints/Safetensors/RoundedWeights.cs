using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>A model's tensors as a file with <see cref="Int8Weights"/> gives them back: what a quantised model computes with before it is written.</summary>
/// <param name="source">The tensors; it must outlive this.</param>
/// <param name="isChosen">Which are rounded to 8-bit integers with a scale for each row, if they are float matrices whose rows are outputs.</param>
public sealed class RoundedWeights(IWeightSource source, Func<string, bool> isChosen) : IWeightSource
{
    private readonly Int8Weights _written = new(source, isChosen);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        if (!_written.TryGet(name, out tensor))
            return false;
        if (tensor.DType == DType.Int8 && _written.TryGet(name + Int8Weights.ScaleSuffix, out HostTensor? scales))
            tensor = Int8Weights.Decode(name, tensor, scales);
        return true;
    }
}
