using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// A model's tensors as a file with <see cref="Int8Weights"/> gives them back: what a quantized model computes with before it is
/// written.
/// </summary>
/// <param name="source">The tensors; it must outlive this.</param>
/// <param name="isChosen">
/// Which are rounded to 8-bit integers with a scale for each row, if they are float matrices whose rows are outputs.
/// </param>
internal sealed class RoundedWeights(IWeightSource source, Func<string, bool> isChosen) : IWeightSource
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => source.Names;

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        if (!source.TryGet(name, out tensor))
            return false;
        if (isChosen(name) && Int8Weights.Fits(name, tensor))
        {
            (HostTensor codes, HostTensor scales) = Int8Weights.Encode(tensor);
            tensor = Int8Weights.Decode(name, codes, scales);
        }

        return true;
    }
}
