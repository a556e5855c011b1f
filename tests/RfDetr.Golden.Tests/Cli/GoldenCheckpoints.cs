using System.Diagnostics.CodeAnalysis;
using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cli;

/// <summary>
/// The two checkpoints behind <c>goldens/cli</c>, made again: formula weights with salt <c>cli</c> and rf-detr's arguments,
/// through our own writer (33 MB that need not be committed). Where the reference's own files lie beside the checkout, they are
/// used too.
/// </summary>
public sealed class GoldenCheckpoints : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GoldenCheckpoints()
    {
        Write(
            "det",
            Common with
            {
                PatchSize = 16,
                Resolution = 256,
                PositionalEncodingSize = 16,
                DecoderLayers = 2,
                NumQueries = 100,
                NumSelect = 100
            });
        Write(
            "seg",
            Common with
            {
                PatchSize = 12,
                Resolution = 240,
                PositionalEncodingSize = 20,
                DecoderLayers = 3,
                NumQueries = 50,
                NumSelect = 50,
                SegmentationHead = true
            });
    }

    private static ModelConfig Common { get; } = Variants.Get("nano") with
    {
        EncoderWidth = 192,
        EncoderDepth = 6,
        NumWindows = 2,
        HiddenDim = 128,
        SelfAttentionHeads = 8,
        CrossAttentionHeads = 8,
        DecoderPoints = 2,
        FeedForwardDim = 512,
        OutFeatureIndexes = [2, 4, 6],
        GroupDetr = 3,
        ClassLogits = 4,
    };

    /// <summary>Files of one kind (<c>det</c>, <c>seg</c>), at least one.</summary>
    public IEnumerable<string> Of(string kind)
    {
        yield return _folder[$"{kind}.pth"];
        string reference = Goldens.Path($"../../../shared/goldens/cli/{kind}.pth");
        if (File.Exists(reference))
            yield return reference;
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string kind, ModelConfig config)
    {
        var weights = new RecordedWeights(new FormulaWeights("cli"));
        _ = new RfDetrNetwork(new Weights((IWeightInitializer)weights, new ShapeBackend()), config);
        TorchWriter.Write(
            _folder[$"{kind}.pth"],
            new CheckpointContent { Weights = weights, Args = Args(config), Metadata = new PlainMap([new("epoch", 0L)]) });
    }

    private static PlainMap Args(ModelConfig c) => new(
    [
        new("encoder", "dinov2_windowed_tiny"), new("hidden_dim", (long)c.HiddenDim), new("num_windows", (long)c.NumWindows),
        new("dec_layers", (long)c.DecoderLayers), new("sa_nheads", (long)c.SelfAttentionHeads),
        new("ca_nheads", (long)c.CrossAttentionHeads),
        new("dec_n_points", (long)c.DecoderPoints), new("projector_scale", new List<object?> { "P4" }),
        new("out_feature_indexes", c.OutFeatureIndexes.Select(i => (object?)(long)i).ToList()), new("num_classes", 3L),
        new("patch_size", (long)c.PatchSize), new("num_queries", (long)c.NumQueries), new("num_select", (long)c.NumSelect),
        new("resolution", (long)c.Resolution), new("positional_encoding_size", (long)c.PositionalEncodingSize),
        new("segmentation_head", c.SegmentationHead), new("group_detr", (long)c.GroupDetr),
        new("dim_feedforward", (long)c.FeedForwardDim),
        new("class_names", new List<object?> { "alpha", "beta", "gamma" }),
    ]);

    /// <summary>Keeps what a network asks for.</summary>
    private sealed class RecordedWeights(IWeightInitializer formula) : IWeightInitializer, IWeightSource
    {
        private readonly OrderedDictionary<string, HostTensor> _tensors = [];

        public IReadOnlyCollection<string> Names => _tensors.Keys;

        public HostTensor? Create(string name, ReadOnlySpan<int> shape) => _tensors[name] = formula.Create(name, shape)!;

        public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => _tensors.TryGetValue(name, out tensor);
    }
}
