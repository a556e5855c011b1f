using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Weights with the shapes of a published variant and one shared block of zeros as values.</summary>
internal sealed class ShapeOnlyWeights : IWeightSource
{
    private static readonly Lazy<JsonDocument> s_parameters =
        new(() => JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("parameters.json"))));
    private static readonly byte[] s_zeros = new byte[32 << 20];
    private readonly OrderedDictionary<string, int[]> _shapes = [];

    public IReadOnlyCollection<string> Names => _shapes.Keys;

    public static IEnumerable<string> Variants => s_parameters.Value.RootElement.EnumerateObject().Select(p => p.Name);

    public static ShapeOnlyWeights Of(string variant)
    {
        var weights = new ShapeOnlyWeights();
        foreach (
            JsonProperty tensor in s_parameters.Value.RootElement.GetProperty(variant).GetProperty("tensors").EnumerateObject())
            weights._shapes.Add(tensor.Name, [.. tensor.Value.EnumerateArray().Select(e => e.GetInt32())]);
        return weights;
    }

    public static JsonElement Config(string variant) => s_parameters.Value.RootElement.GetProperty(variant).GetProperty("config");

    public ShapeOnlyWeights With(string name, params int[] shape)
    {
        _shapes[name] = shape;
        return this;
    }

    public ShapeOnlyWeights Without(Func<string, bool> names)
    {
        foreach (string name in _shapes.Keys.Where(names).ToList())
            _shapes.Remove(name);
        return this;
    }

    public ShapeOnlyWeights WithTable(int side, int width) =>
        With("backbone.0.encoder.encoder.embeddings.position_embeddings", 1, 1 + side * side, width);

    public ShapeOnlyWeights WithClasses(int logits)
    {
        foreach (string name in _shapes.Keys.Where(n => n.Contains("class_embed", StringComparison.Ordinal)).ToList())
            _shapes[name] = [logits, .. _shapes[name].Skip(1)];
        return this;
    }

    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        tensor = null;
        if (!_shapes.TryGetValue(name, out int[]? shape))
            return false;
        int bytes = shape.Aggregate(4, (a, b) => a * b);
        tensor = new HostTensor(DType.Float32, shape, s_zeros.AsMemory(0, bytes));
        return true;
    }
}
