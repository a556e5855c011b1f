using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>The tensors of one model by the published names, whatever wrapped the model when it was saved.</summary>
internal sealed class StateDict : IWeightSource
{
    /// <summary>Lightning, (Distributed)DataParallel and torch.compile put these before every name.</summary>
    private static readonly string[] s_prefixes = ["model.", "module.", "_orig_mod."];
    private readonly OrderedDictionary<string, StoredTensor> _tensors;

    private StateDict(OrderedDictionary<string, StoredTensor> tensors) => _tensors = tensors;

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public int Count => _tensors.Count;

    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        tensor = _tensors.TryGetValue(name, out StoredTensor? stored) ? stored.Load() : null;
        return tensor is not null;
    }

    /// <summary>Takes the tensors of a map; other values in it (versions, counters) are not weights.</summary>
    /// <exception cref="CheckpointFormatException">Two names become equal without their prefixes.</exception>
    public static StateDict From(PlainMap map, string fileName)
    {
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach ((object key, object? value) in map)
        {
            if (key is not string name || value is not StoredTensor tensor)
                continue;
            if (!tensors.TryAdd(Strip(name), tensor))
                throw new CheckpointFormatException(
                    $"{fileName}: two tensors are named '{Strip(name)}' once prefixes like '{s_prefixes[0]}' are taken off");
        }

        return new StateDict(tensors);
    }

    public static string Strip(string name)
    {
        int start = 0;
        while (Array.Find(s_prefixes, p => name.AsSpan(start).StartsWith(p)) is { } prefix && name.Length > start + prefix.Length)
            start += prefix.Length;
        return name[start..];
    }
}
