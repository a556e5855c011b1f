using System.Globalization;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>
/// The network of a run that starts from random weights: a published variant's numbers with some replaced. Keys are those of
/// rf-detr's <c>args</c>; in the configuration file they stand under <c>network</c>.
/// </summary>
/// <param name="Values">Key → value as text; lists with commas.</param>
public sealed record NetworkOptions(IReadOnlyDictionary<string, string> Values)
{
    private const string VariantKey = "variant", ScaleKey = "layer_scale_init";

    private static readonly Dictionary<string, Func<ModelConfig, string, ModelConfig>> s_fields = new()
    {
        ["encoder_hidden_size"] = (c, t) => c with { EncoderWidth = Whole(t) },
        ["encoder_num_layers"] = (c, t) => c with { EncoderDepth = Whole(t) },
        ["patch_size"] = (c, t) => c with { PatchSize = Whole(t) },
        ["num_windows"] = (c, t) => c with { NumWindows = Whole(t) },
        ["resolution"] = (c, t) => c with { Resolution = Whole(t) },
        ["positional_encoding_size"] = (c, t) => c with { PositionalEncodingSize = Whole(t) },
        ["out_feature_indexes"] = (c, t) => c with { OutFeatureIndexes = Wholes(t) },
        ["projector_scale"] = (c, t) =>
            c with { ProjectorLevels = Wholes(t.Replace("P", "", StringComparison.OrdinalIgnoreCase)) },
        ["dec_layers"] = (c, t) => c with { DecoderLayers = Whole(t) },
        ["hidden_dim"] = (c, t) => c with { HiddenDim = Whole(t) },
        ["sa_nheads"] = (c, t) => c with { SelfAttentionHeads = Whole(t) },
        ["ca_nheads"] = (c, t) => c with { CrossAttentionHeads = Whole(t) },
        ["dec_n_points"] = (c, t) => c with { DecoderPoints = Whole(t) },
        ["dim_feedforward"] = (c, t) => c with { FeedForwardDim = Whole(t) },
        ["num_queries"] = (c, t) => c with { NumQueries = Whole(t) },
        ["num_select"] = (c, t) => c with { NumSelect = Whole(t) },
        ["group_detr"] = (c, t) => c with { GroupDetr = Whole(t) },
        ["mask_downsample_ratio"] = (c, t) => c with { MaskDownsampleRatio = Whole(t) },
        ["segmentation_head"] = (c, t) => c with { SegmentationHead = t.ToLowerInvariant() is "true" or "on" or "yes" },
    };

    /// <summary>All keys.</summary>
    public static IReadOnlyList<string> Keys { get; } = [VariantKey, .. s_fields.Keys, ScaleKey];

    /// <summary>
    /// Factor that every residual branch of the encoder is scaled by at first: 1 trains best from scratch; DINOv2's own training
    /// began with 1e-5.
    /// </summary>
    public double LayerScaleInit => Values.TryGetValue(ScaleKey, out string? text)
        ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and <= 100
            ? value
            : throw Wrong(ScaleKey, text, "a number above 0, at most 100")
        : 1;

    /// <summary>The configuration; the position table fits the resolution unless it is given.</summary>
    /// <exception cref="ArgumentException">A value is no number, or the numbers do not fit each other.</exception>
    internal ModelConfig Build()
    {
        ModelConfig config = Variants.Get(Values.GetValueOrDefault(VariantKey, "seg-nano"));
        foreach ((string key, string text) in Values)
        {
            if (s_fields.TryGetValue(key, out Func<ModelConfig, string, ModelConfig>? set))
                config = Set(set, config, key, text);
        }

        if (!Values.ContainsKey("positional_encoding_size"))
            config = config with { PositionalEncodingSize = config.Resolution / config.PatchSize };
        config = config with { Variant = "custom" };
        _ = LayerScaleInit;
        ModelConfigCheck.Require(config);
        return config;
    }

    private static ModelConfig Set(Func<ModelConfig, string, ModelConfig> set, ModelConfig config, string key, string text)
    {
        try
        {
            return set(config, text);
        }
        catch (FormatException)
        {
            throw Wrong(
                key, text,
                key is "out_feature_indexes" or "projector_scale"
                    ? "whole numbers from 1 on with commas between them"
                    : "a whole number from 1 to 100000");
        }
    }

    private static int[] Wholes(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(Whole)];

    private static int Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= 100_000
            ? value
            : throw new FormatException();

    private static ArgumentException Wrong(string key, string text, string expected) =>
        new($"network.{key} is '{text}', expected {expected}");
}
