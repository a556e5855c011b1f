using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>Everything about the network that a checkpoint's tensor shapes reveal.</summary>
internal sealed record ShapeFacts
{
    public const string PatchProjection = Embeddings + "patch_embeddings.projection.weight";
    public const string PositionTable = Embeddings + "position_embeddings";
    public const string EncoderLayer = "backbone.0.encoder.encoder.encoder.layer.{0}.norm1.weight";
    public const string DecoderLayer = "transformer.decoder.layers.{0}.norm1.weight";
    public const string DecoderNorm = "transformer.decoder.norm.weight";
    public const string FeedForward = "transformer.decoder.layers.0.linear1.weight";
    public const string Offsets = "transformer.decoder.layers.0.cross_attn.sampling_offsets.weight";
    public const string AttentionWeights = "transformer.decoder.layers.0.cross_attn.attention_weights.weight";
    public const string ReferencePoints = "refpoint_embed.weight";
    public const string ClassHead = "class_embed.weight";
    public const string Stage = "backbone.0.projector.stages.{0}.0.cv1.conv.weight";
    public const string MaskBlock = "segmentation_head.blocks.{0}.dwconv.weight";
    public const string GroupOutput = "transformer.enc_output.{0}.weight";
    public const string GroupClassHead = "transformer.enc_out_class_embed.{0}.weight";
    private const string Embeddings = "backbone.0.encoder.encoder.embeddings.";
    private const string Sampling = "backbone.0.projector.stages_sampling.{0}.0.0.";

    public required int EncoderWidth { get; init; }

    public required int EncoderDepth { get; init; }

    public required int Channels { get; init; }

    public required int PatchSize { get; init; }

    /// <summary>Side T of the position table.</summary>
    public required int TableSide { get; init; }

    public required int DecoderLayers { get; init; }

    public required int HiddenDim { get; init; }

    public required int FeedForwardDim { get; init; }

    public required int Groups { get; init; }

    public required int ClassLogits { get; init; }

    public required int NumQueries { get; init; }

    public required IReadOnlyList<int> Levels { get; init; }

    /// <summary>Number of encoder states that feed the projector.</summary>
    public required int FeatureMaps { get; init; }

    /// <summary>Cross-attention heads times sampling points: shapes reveal only the product.</summary>
    public required int HeadsTimesPoints { get; init; }

    public required bool Segmentation { get; init; }

    /// <exception cref="CheckpointFormatException">
    /// It is no RF-DETR checkpoint of a supported kind, or its shapes contradict each other.
    /// </exception>
    public static ShapeFacts Read(IWeightSource weights)
    {
        var shapes = new ShapeReader(weights);
        shapes.RefuseUnsupported();
        int[] patch = shapes.Need(PatchProjection, 4);
        int[] table = shapes.Need(PositionTable, 3);
        int width = patch[0], hidden = shapes.Need(DecoderNorm, 1)[0];
        int groups = shapes.CountOf(GroupOutput), layers = shapes.CountOf(DecoderLayer);
        int side = (int)Math.Round(Math.Sqrt(Math.Max(0, table[1] - 1)));
        shapes.Require(patch[2] == patch[3] && patch[2] > 0, PatchProjection, "[D, channels, p, p]");
        shapes.Require(
            table[0] == 1 && side > 0 && side * side == table[1] - 1 && table[2] == width, PositionTable,
            $"[1, 1 + T², {width}]");
        shapes.Require(width > 0 && width % 64 == 0, PatchProjection, "a width that is a multiple of 64 (heads are 64 wide)");
        int depth = shapes.CountOf(EncoderLayer);
        if (depth == 0)
            throw ShapeReader.Missing(string.Format(null, EncoderLayer, 0));
        if (layers == 0)
            throw new CheckpointFormatException(
                $"the checkpoint has no decoder layers ('{string.Format(null, DecoderLayer, 0)}'), which is not supported");
        if (groups == 0)
            throw ShapeReader.Missing(string.Format(null, GroupOutput, 0));

        int[] classes = shapes.Need(ClassHead, 2);
        shapes.Require(classes[0] > 0 && classes[1] == hidden, ClassHead, $"[C, {hidden}]");
        for (int g = 0; g < groups; g++)
            shapes.Expect(string.Format(null, GroupClassHead, g), classes[0], hidden);
        shapes.Expect("class_embed.bias", classes[0]);
        int queryRows = shapes.Need(ReferencePoints, 2)[0];
        shapes.Require(queryRows > 0 && queryRows % groups == 0, ReferencePoints, $"a multiple of {groups} (query groups) rows");
        shapes.Expect("query_feat.weight", queryRows, hidden);

        (List<int> levels, int maps) = Projector(shapes, width);
        int attention = shapes.Need(AttentionWeights, 2)[0], offsets = shapes.Need(Offsets, 2)[0];
        shapes.Require(
            attention > 0 && attention % levels.Count == 0, AttentionWeights, $"a multiple of {levels.Count} (levels) rows");
        shapes.Require(offsets == 2 * attention, Offsets, $"{2 * attention} rows (two for each of the attention weights)");
        int blocks = shapes.CountOf(MaskBlock);
        if (blocks > 0 && blocks != layers)
            throw new CheckpointFormatException(
                $"the mask head has {blocks} blocks ('{string.Format(null, MaskBlock, 0)}' …), expected one per decoder "
                    + $"layer, {layers}");
        return new ShapeFacts
        {
            EncoderWidth = width,
            EncoderDepth = depth,
            Channels = patch[1],
            PatchSize = patch[2],
            TableSide = side,
            DecoderLayers = layers,
            HiddenDim = hidden,
            FeedForwardDim = shapes.Need(FeedForward, 2)[0],
            Groups = groups,
            ClassLogits = classes[0],
            NumQueries = queryRows / groups,
            Levels = levels,
            FeatureMaps = maps,
            HeadsTimesPoints = attention / levels.Count,
            Segmentation = blocks > 0,
        };
    }

    /// <summary>
    /// Scale of each level, which shows in the layer that resamples it: 2×2 transposed convolution P3, nothing P4, 3×3 ConvX P5.
    /// </summary>
    private static (List<int> Levels, int Maps) Projector(ShapeReader shapes, int width)
    {
        var levels = new List<int>();
        int maps = 0, stages = shapes.CountOf(Stage);
        if (stages == 0)
            throw ShapeReader.Missing(string.Format(null, Stage, 0));
        for (int l = 0; l < stages; l++)
        {
            string up = string.Format(null, Sampling, l) + "weight", down = string.Format(null, Sampling, l) + "conv.weight";
            (int level, int channels) = (4, width);
            if (shapes.Has(up))
            {
                shapes.Expect(up, width, width / 2, 2, 2);
                (level, channels) = (3, width / 2);
            }
            else if (shapes.Has(down))
            {
                shapes.Expect(down, width, width, 3, 3);
                level = 5;
            }

            string stage = string.Format(null, Stage, l);
            int inputs = shapes.Need(stage, 4)[1];
            shapes.Require(
                inputs > 0 && inputs % channels == 0 && (maps == 0 || inputs / channels == maps), stage,
                $"a multiple of {channels} input channels, the same for all levels");
            maps = inputs / channels;
            levels.Add(level);
        }

        return (levels, maps);
    }
}
