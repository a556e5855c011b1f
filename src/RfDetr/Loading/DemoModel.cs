using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>
/// The stand-in for the embedded <c>demo</c> where a build has none: a small segmentation network with seeded, untrained weights. It shows
/// that the whole pipeline works on this machine; what it finds means nothing.
/// </summary>
internal static class DemoModel
{
    public const string Name = "demo", UntrainedKey = "untrained";

    private static readonly string[] s_classes = ["ball", "cube", "cylinder", "cone", "ring", "star", "capsule", "mushroom", "bottle", "mug"];

    private static readonly Lazy<byte[]> s_bytes = new(Write);

    /// <summary>A checkpoint like any other, as safetensors.</summary>
    public static ReadOnlyMemory<byte> Bytes => s_bytes.Value;

    public static ModelConfig Config { get; } = Variants.Get("seg-nano") with
    {
        Variant = Name,
        EncoderWidth = 192,
        EncoderDepth = 6,
        NumWindows = 2,
        Resolution = 240,
        PositionalEncodingSize = 20,
        OutFeatureIndexes = [2, 4, 6],
        DecoderLayers = 2,
        HiddenDim = 128,
        FeedForwardDim = 512,
        SelfAttentionHeads = 4,
        CrossAttentionHeads = 8,
        NumQueries = 50,
        NumSelect = 50,
        GroupDetr = 1,
        ClassLogits = s_classes.Length + 1,
    };

    public static ClassMap Classes { get; } = new(Config.ClassLogits, s_classes.Select((name, i) => new ClassEntry(i, name)), "the demonstration's own classes");

    private static byte[] Write()
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), Config);
        var weights = new DemoWeights();
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, new CheckpointContent
        {
            Weights = new TensorSet(list.Parameters.ToDictionary(p => p.Name, p => weights.Create(p.Name, p.Shape)!)),
            Args = ConfigArgs.Complete(new PlainMap(), Config),
            Metadata = new PlainMap([new("model_name", Name), new(UntrainedKey, true)]),
            ClassMap = Classes,
        });
        return stream.ToArray();
    }

    // Formula weights whose class logits are lowered, so that a picture is not covered with meaningless boxes.
    private sealed class DemoWeights : IWeightInitializer
    {
        private const float Lower = 1.3f;
        private readonly FormulaWeights _formula = new(Name);

        public HostTensor Create(string name, ReadOnlySpan<int> shape)
        {
            HostTensor tensor = _formula.Create(name, shape);
            return name == "class_embed.bias" ? HostTensor.Of([.. tensor.ToSingles().Select(v => v - Lower)], shape) : tensor;
        }
    }
}
