using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests;

/// <summary>
/// A whole network of a few thousand weights, with formula weights: every part of the large ones, in milliseconds.
/// </summary>
internal static class TinyNetwork
{
    /// <summary>Boxes only: two encoder layers (the second global), two windows a side, a resampled position table.</summary>
    public static ModelConfig Boxes { get; } = new()
    {
        Variant = "tiny",
        EncoderWidth = 64,
        EncoderDepth = 2,
        PatchSize = 4,
        NumWindows = 2,
        Resolution = 16,
        PositionalEncodingSize = 3,
        DecoderLayers = 2,
        HiddenDim = 32,
        SelfAttentionHeads = 2,
        CrossAttentionHeads = 4,
        DecoderPoints = 2,
        FeedForwardDim = 48,
        ProjectorLevels = [4],
        OutFeatureIndexes = [1, 2],
        NumQueries = 5,
        NumSelect = 5,
        GroupDetr = 2,
        ClassLogits = 4,
    };

    /// <summary>With masks, and two levels (twice and half the grid).</summary>
    public static ModelConfig Masks { get; } =
        Boxes with { Variant = "tiny-seg", SegmentationHead = true, ProjectorLevels = [3, 5] };

    /// <summary>The network as a graph with outputs dets, labels and perhaps masks, nothing optimized.</summary>
    public static NetworkGraph Record(ModelConfig config, Dim batch, Func<string, bool>? taps = null)
    {
        var backend = new GraphBackend();
        var network = new RfDetrNetwork(new Weights(new FormulaWeights("ranked tiny"), backend), config);
        LayerOutput result =
            network.Forward(backend.Input("input", TensorType.Float([batch, 3, config.Resolution, config.Resolution]))).Result;
        List<(string, Tensor)> outputs = [("dets", result.Boxes), ("labels", result.Logits)];
        if (result.Masks is { } masks)
            outputs.Add(("masks", masks.Logits()));
        return backend.Finish(outputs, taps);
    }

    /// <summary>A seeded image batch under its input name.</summary>
    public static Dictionary<string, HostTensor> Image(ModelConfig config, int batch) =>
        new() { ["input"] = new FormulaWeights("tiny").Input(batch, config.Resolution, config.Resolution) };

    /// <summary>Asserts that two runs agree: within <paramref name="relative"/> of the largest value of each output.</summary>
    public static void ShouldAgree(
        IReadOnlyDictionary<string, HostTensor> actual, IReadOnlyDictionary<string, HostTensor> expected, double relative)
    {
        actual.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach ((string name, HostTensor tensor) in expected)
        {
            actual[name].Shape.ShouldBe(tensor.Shape, name);
            float[] a = actual[name].ToSingles(), e = tensor.ToSingles();
            double largest = e.Max(v => Math.Abs((double)v));
            largest.ShouldBeGreaterThan(0, $"{name} is all zeros and shows nothing");
            a.Zip(e, (x, y) => Math.Abs((double)x - y)).Max().ShouldBeLessThanOrEqualTo(relative * largest, name);
        }
    }
}
