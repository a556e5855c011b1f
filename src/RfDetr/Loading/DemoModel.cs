using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Vision;

namespace RfDetr;

/// <summary>
/// The model that is always there: a small segmentation network with seeded, untrained weights. It shows that the whole pipeline works on
/// this machine; what it finds means nothing.
/// </summary>
internal static class DemoModel
{
    public const string Name = "demo";

    private static readonly string[] s_classes = ["ball", "cube", "cylinder", "cone", "ring", "star", "capsule", "mushroom", "bottle", "mug"];

    public static IWeightInitializer Weights { get; } = new DemoWeights();

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

    public static ModelCard Card { get; } = new()
    {
        Name = Name,
        Variant = Name,
        Config = Config,
        Classes = new ClassMap(Config.ClassLogits, s_classes.Select((name, i) => new ClassEntry(i, name)), "the demonstration's own classes"),
        InputHeight = Config.Resolution,
        InputWidth = Config.Resolution,
        HasMasks = true,
        NumSelect = Config.NumSelect,
        ResizeRule = ResizeRule.Bilinear,
        Normalization = Normalization.ImageNet,
        Licence = "Apache-2.0",
        IsUntrained = true,
    };

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
