using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests;

/// <summary>
/// A small segmentation network with formula weights as a checkpoint file: it finds something in every image, none of it
/// meaningful.
/// </summary>
internal static class FormulaModel
{
    private static readonly string[] s_classes =
        ["ball", "cube", "cylinder", "cone", "ring", "star", "capsule", "mushroom", "bottle", "mug"];

    private static readonly Lazy<string> s_path = new(Write);

    /// <summary>The file, in single precision; written once per run.</summary>
    public static string Path => s_path.Value;

    public static ModelConfig Config { get; } = Variants.Get("seg-nano") with
    {
        Variant = "custom",
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

    public static ClassMap Classes { get; } =
        new(Config.ClassLogits, s_classes.Select((name, i) => new ClassEntry(i, name)), "stored with the checkpoint");

    private static string Write()
    {
        string path = System.IO.Path.Combine(AppContext.BaseDirectory, "formula.safetensors");
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), Config);
        var formula = new FormulaWeights("demo");
        SafetensorsWriter.Write(path, new CheckpointContent
        {
            Weights =
                new TensorSet(list.Parameters.ToDictionary(p => p.Name, p => Lowered(p.Name, formula.Create(p.Name, p.Shape)))),
            Args = ConfigArgs.Complete(new PlainMap(), Config),
            Metadata = new PlainMap(),
            ClassMap = Classes,
        });
        return path;
    }

    // Class logits are lowered, so that an image is not covered with boxes.
    private static HostTensor Lowered(string name, HostTensor tensor) =>
        name == "class_embed.bias" ? HostTensor.Of([.. tensor.ToSingles().Select(v => v - 1.3f)], [.. tensor.Shape]) : tensor;
}
