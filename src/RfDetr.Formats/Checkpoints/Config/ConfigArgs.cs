using RfDetr.Model;

namespace RfDetr.Checkpoints;

/// <summary>A configuration in the words of rf-detr's <c>args</c>.</summary>
internal static class ConfigArgs
{
    /// <summary>
    /// The arguments with what they lack added, so that the file needs no table of variants to be read; what they say stays.
    /// </summary>
    public static PlainMap Complete(PlainMap args, ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(args);
        return Facts(config)
            .Where(f => !args.TryGet(f.Key, out _)).Aggregate(args, (all, fact) => all.With(fact.Key, fact.Value));
    }

    /// <summary>The arguments with everything about the network replaced by what <paramref name="config"/> says.</summary>
    public static PlainMap Replace(PlainMap args, ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(args);
        return Facts(config).Aggregate(args, (all, fact) => all.With(fact.Key, fact.Value));
    }

    private static (string Key, object? Value)[] Facts(ModelConfig c)
    {
        ArgumentNullException.ThrowIfNull(c);
        return
        [
            ("num_classes", (long)c.ClassLogits - 1), ("resolution", (long)c.Resolution), ("patch_size", (long)c.PatchSize),
            ("num_windows", (long)c.NumWindows),
            ("dec_layers", (long)c.DecoderLayers), ("hidden_dim", (long)c.HiddenDim), ("sa_nheads", (long)c.SelfAttentionHeads),
            ("ca_nheads", (long)c.CrossAttentionHeads), ("dec_n_points", (long)c.DecoderPoints),
            ("num_queries", (long)c.NumQueries), ("num_select", (long)c.NumSelect),
            ("projector_scale", c.ProjectorLevels.Select(object? (l) => $"P{l}").ToList()),
            ("out_feature_indexes", c.OutFeatureIndexes.Select(object? (i) => (long)i).ToList()),
            ("positional_encoding_size", (long)c.PositionalEncodingSize), ("segmentation_head", c.SegmentationHead),
            ("mask_downsample_ratio", (long)c.MaskDownsampleRatio),
            ("group_detr", (long)c.GroupDetr), ("dim_feedforward", (long)c.FeedForwardDim),
        ];
    }
}
