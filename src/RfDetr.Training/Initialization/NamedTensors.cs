using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>Tensors in memory by their names, in a fixed order.</summary>
internal sealed class NamedTensors : IWeightSource
{
    private readonly OrderedDictionary<string, HostTensor> _tensors = [];

    public NamedTensors(IEnumerable<(string Name, HostTensor Tensor)> tensors)
    {
        foreach ((string name, HostTensor tensor) in tensors)
            _tensors.Add(name, tensor);
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => _tensors.TryGetValue(name, out tensor);
}
