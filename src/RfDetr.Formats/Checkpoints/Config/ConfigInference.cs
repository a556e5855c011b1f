using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// Finds a checkpoint's configuration: first what its shapes reveal (always checked), then its arguments, then the table
/// of published variants matched by shapes; what none of them says is an error that lists it.
/// </summary>
internal static class ConfigInference
{
    /// <summary>Variants that 1.4.1 saved with num_select 100 by a slip; they were trained and measured with 300.</summary>
    private static readonly string[] s_slippedSelect = ["large", "xlarge", "2xlarge"];

    /// <summary>The configuration of an open checkpoint.</summary>
    /// <exception cref="CheckpointFormatException">
    /// As for <see cref="Explain(IWeightSource, PlainMap?, ConfigInferenceOptions?)"/>.
    /// </exception>
    public static InferredConfig Explain(Checkpoint checkpoint, ConfigInferenceOptions? options = null)
    {
        options ??= new ConfigInferenceOptions();
        checkpoint.Metadata.TryGet("model_name", out string? name);
        return Explain(checkpoint, checkpoint.Args, options with { ModelName = options.ModelName ?? name });
    }

    /// <summary>The configuration alone; see <see cref="Explain(IWeightSource, PlainMap?, ConfigInferenceOptions?)"/>.</summary>
    public static ModelConfig Infer(IWeightSource weights, PlainMap? args = null, ConfigInferenceOptions? options = null) =>
        Explain(weights, args, options).Config;

    /// <summary>The configuration and the contradictions that were settled on the way.</summary>
    /// <param name="weights">Tensors by the published names.</param>
    /// <param name="args">The checkpoint's arguments; null or empty if it has none.</param>
    /// <param name="options">The caller's knowledge.</param>
    /// <exception cref="CheckpointFormatException">
    /// It is no RF-DETR checkpoint, its shapes contradict each other or the variant asked for, or something is left open.
    /// </exception>
    /// <exception cref="ArgumentException">There is no variant of the name asked for.</exception>
    public static InferredConfig Explain(IWeightSource weights, PlainMap? args, ConfigInferenceOptions? options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new ConfigInferenceOptions();
        ShapeFacts facts = ShapeFacts.Read(weights);
        var reader = new ArgsReader(args ?? new PlainMap());
        var warnings = new List<string>();
        ArgsCheck.Compare(reader, facts, warnings);

        List<ModelConfig> family = options.Variant is null
            ? Family(facts, options)
            : [VariantMatch.Named(facts, options.Variant)];
        ModelConfig? near = family.Count == 0 ? null : family.MinBy(v => Math.Abs(v.PositionalEncodingSize - facts.TableSide));
        int? windows = options.NumWindows ?? reader.Positive("num_windows") ?? Agreed(family, v => v.NumWindows);
        IReadOnlyList<int>? states = options.OutFeatureIndexes
            ?? reader.Ints("out_feature_indexes") ?? (family.Count > 0 ? family[0].OutFeatureIndexes : null);
        if (windows is null || states is null)
            throw LeftOpen(facts, family, windows is null, states is null);
        if (states.Count != facts.FeatureMaps || states.Any(s => s < 1 || s > facts.EncoderDepth))
            throw new CheckpointFormatException(
                $"out_feature_indexes {ShapeReader.Text(states)} do not fit: weight "
                    + $"'{string.Format(null, ShapeFacts.Stage, 0)}' takes {facts.FeatureMaps} maps of an encoder of "
                    + $"{facts.EncoderDepth} layers");

        (int selfHeads, int crossHeads, int points) = HeadInference.Find(facts, reader, near, warnings);
        string variant = near?.Variant ?? "custom";
        return new InferredConfig(
            new ModelConfig
            {
                Variant = variant,
                EncoderWidth = facts.EncoderWidth,
                EncoderDepth = facts.EncoderDepth,
                PatchSize = facts.PatchSize,
                NumWindows = windows.Value,
                Resolution = ResolutionInference.Find(facts, reader, near, windows.Value, options.Resolution, warnings),
                PositionalEncodingSize = facts.TableSide,
                DecoderLayers = facts.DecoderLayers,
                HiddenDim = facts.HiddenDim,
                SelfAttentionHeads = selfHeads,
                CrossAttentionHeads = crossHeads,
                DecoderPoints = points,
                FeedForwardDim = facts.FeedForwardDim,
                ProjectorLevels = facts.Levels,
                OutFeatureIndexes = states,
                NumQueries = facts.NumQueries,
                NumSelect = NumSelect(reader, near, facts, warnings),
                GroupDetr = facts.Groups,
                ClassLogits = facts.ClassLogits,
                SegmentationHead = facts.Segmentation,
                MaskDownsampleRatio = reader.Positive("mask_downsample_ratio") ?? 4,
                Channels = facts.Channels,
            },
            warnings);
    }

    /// <summary>
    /// The variants that may be meant: the exact one, else all of equal structure, narrowed by the model's name in the file.
    /// </summary>
    private static List<ModelConfig> Family(ShapeFacts facts, ConfigInferenceOptions options)
    {
        if (VariantMatch.Exact(facts) is { } exact)
            return [exact];
        List<ModelConfig> family = VariantMatch.SameStructure(facts);
        string? name = options.ModelName?.Replace("RFDETR", "", StringComparison.OrdinalIgnoreCase);
        ModelConfig? named = family.Find(v =>
            v.Variant.Replace("-", "", StringComparison.Ordinal).Equals(
                name?.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        return named is null ? family : [named];
    }

    private static int? Agreed(List<ModelConfig> family, Func<ModelConfig, int> value) =>
        family.Count > 0 && family.All(v => value(v) == value(family[0])) ? value(family[0]) : null;

    private static int NumSelect(ArgsReader args, ModelConfig? near, ShapeFacts facts, List<string> warnings)
    {
        int? stored = args.Positive("num_select");
        if (stored == 100 && near is not null && s_slippedSelect.Contains(near.Variant))
        {
            warnings.Add(
                $"the arguments say num_select 100, which rf-detr 1.4.1 wrote for '{near.Variant}' by a slip; "
                    + $"{near.NumSelect} is used");
            return near.NumSelect;
        }

        return stored ?? near?.NumSelect ?? facts.NumQueries;
    }

    private static CheckpointFormatException LeftOpen(ShapeFacts facts, List<ModelConfig> family, bool windows, bool states)
    {
        string open = string.Join(
            " and ",
            new[]
            {
                windows ? "num_windows" : null,
                states ? $"out_feature_indexes ({facts.FeatureMaps} of 1…{facts.EncoderDepth})" : null
            }.OfType<string>());
        string reason = family.Count > 0
            ? $"shapes fit {string.Join(" and ", family.Select(v => $"'{v.Variant}'"))} at a resolution of its own"
            : "shapes fit no published variant";
        return new CheckpointFormatException(
            $"the checkpoint's arguments are missing and its {reason}; still needed: {open}. Give them, or name the variant");
    }
}

/// <summary>The caller's knowledge about a checkpoint; each value given here overrides what the file says.</summary>
internal sealed record ConfigInferenceOptions
{
    /// <summary>The variant the caller asks for; a checkpoint that does not fit is an error. Null: recognize it.</summary>
    public string? Variant { get; init; }

    /// <summary>
    /// The model's name in the file (<c>model_name</c>, e.g. <c>RFDETRMedium</c>); tells variants of equal shapes apart.
    /// </summary>
    public string? ModelName { get; init; }

    /// <summary>Side of the square input in pixels, where the file does not say.</summary>
    public int? Resolution { get; init; }

    /// <summary>Windows per side, which no shape reveals.</summary>
    public int? NumWindows { get; init; }

    /// <summary>States that feed the projector, of which shapes reveal only how many.</summary>
    public IReadOnlyList<int>? OutFeatureIndexes { get; init; }
}

/// <summary>A configuration with what was odd on the way to it.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Warnings">
/// Contradictions that were settled, one sentence each: what the file says, what its shapes are, what was taken.
/// </param>
internal sealed record InferredConfig(Model.ModelConfig Config, IReadOnlyList<string> Warnings);
