using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Tensors by name in memory.</summary>
internal sealed class TensorSet(IReadOnlyDictionary<string, HostTensor> tensors) : IWeightSource
{
    public IReadOnlyCollection<string> Names { get; } = [.. tensors.Keys];

    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => tensors.TryGetValue(name, out tensor);
}
