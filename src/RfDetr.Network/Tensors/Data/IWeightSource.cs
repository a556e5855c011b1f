using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Tensors;

/// <summary>
/// Named tensors by the published checkpoints' names; a file, a formula or a dictionary. Safe for many readers.
/// </summary>
internal interface IWeightSource
{
    /// <summary>All names, in the source's own order.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Finds a tensor; false if the source has none of that name.</summary>
    bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor);
}
