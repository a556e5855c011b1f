using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>A safetensors file's tensors, with the averaged ones apart where our writer stored both.</summary>
internal sealed class SafetensorsWeights(
    IReadOnlyDictionary<string, HostTensor> tensors, IReadOnlyDictionary<string, string> names) : IWeightSource
{
    /// <summary>Before the names of averaged weights in files of ours.</summary>
    public const string EmaPrefix = "ema.";

    /// <summary>Keys of <c>__metadata__</c> in files of ours; values are JSON.</summary>
    public const string ArgsKey = "rfdetr.args", MetadataKey = "rfdetr.metadata", ClassMapKey = "rfdetr.class_map";

    public IReadOnlyCollection<string> Names { get; } = [.. names.Keys.Where(name => !Int8Weights.IsScale(name, names))];

    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        tensor = names.TryGetValue(name, out string? stored) ? tensors[stored] : null;
        if (tensor?.DType == DType.Int8 && names.TryGetValue(name + Int8Weights.ScaleSuffix, out string? scale))
            tensor = Int8Weights.Decode(name, tensor, tensors[scale]);
        return tensor is not null;
    }

    public static SafetensorsWeights From(Dictionary<string, HostTensor> tensors, bool ema, string fileName)
    {
        var names = new OrderedDictionary<string, string>();
        foreach (string stored in tensors.Keys)
        {
            bool isEma = stored.StartsWith(EmaPrefix, StringComparison.Ordinal);
            if (isEma != ema)
                continue;
            string name = StateDict.Strip(isEma ? stored[EmaPrefix.Length..] : stored);
            if (!names.TryAdd(name, stored))
                throw new CheckpointFormatException(
                    $"{fileName}: two tensors are named '{name}' once prefixes like 'model.' are taken off");
        }

        return new SafetensorsWeights(tensors, names);
    }

    /// <summary>The metadata as plain values: ours decoded, foreign texts as they are.</summary>
    public static (PlainMap Args, PlainMap Metadata) Describe(PlainMap texts, string fileName)
    {
        PlainMap Decode(string key) =>
            texts.TryGet(key, out string? json) && PlainJson.Read(json, fileName) is PlainMap map ? map : new PlainMap();
        PlainMap metadata = Decode(MetadataKey);
        foreach ((object key, object? value) in texts)
        {
            if (key is not (ArgsKey or MetadataKey or ClassMapKey) && !metadata.TryGet(key, out _))
                metadata.Set(key, value);
        }

        if (texts.TryGet(ClassMapKey, out string? classes))
            metadata.Set("class_map", PlainJson.Read(classes, fileName));
        return (Decode(ArgsKey), metadata);
    }
}
