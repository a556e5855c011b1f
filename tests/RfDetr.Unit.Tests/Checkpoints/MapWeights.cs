using System.Collections;
using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Weights from a list, in its order.</summary>
internal sealed class MapWeights : IWeightSource, IEnumerable<KeyValuePair<string, HostTensor>>
{
    private readonly OrderedDictionary<string, HostTensor> _tensors = [];

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public HostTensor this[string name]
    {
        set => _tensors[name] = value;
    }

    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => _tensors.TryGetValue(name, out tensor);

    public IEnumerator<KeyValuePair<string, HostTensor>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
