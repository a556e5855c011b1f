using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Model;

/// <summary>The fifteen published variants, small to large.</summary>
/// <remarks>
/// Numbers: rf-detr 1.4.1 to 1.12.0 (unchanged between them); <c>num_select</c> 300 for the large ones, where 1.4.1's predict
/// used 100 by a slip.
/// </remarks>
internal static class Variants
{
    /// <summary>All variants in reading order: detection, deprecated, segmentation.</summary>
    public static IReadOnlyList<ModelConfig> All { get; } =
    [
        Detect("nano", resolution: 384, layers: 2),
        Detect("small", resolution: 512, layers: 3),
        Detect("medium", resolution: 576, layers: 4),
        Detect("large", resolution: 704, layers: 4),
        DetectBase("xlarge", resolution: 700, windows: 1),
        DetectBase("2xlarge", resolution: 880, windows: 2),
        Detect("base", resolution: 560, layers: 3) with
        {
            PatchSize = 14, NumWindows = 4, PositionalEncodingSize = 37, OutFeatureIndexes = [2, 5, 8, 11],
        },
        Detect("large-deprecated", resolution: 560, layers: 3) with
        {
            EncoderWidth = 768, PatchSize = 14, NumWindows = 4, PositionalEncodingSize = 37, HiddenDim = 384,
            SelfAttentionHeads = 12, CrossAttentionHeads = 24, DecoderPoints = 4, ProjectorLevels = [3, 5],
            OutFeatureIndexes = [2, 5, 8, 11],
        },
        Segment("seg-preview", resolution: 432, layers: 4, queries: 200),
        Segment("seg-nano", resolution: 312, layers: 4, queries: 100) with { NumWindows = 1 },
        Segment("seg-small", resolution: 384, layers: 4, queries: 100),
        Segment("seg-medium", resolution: 432, layers: 5, queries: 200),
        Segment("seg-large", resolution: 504, layers: 5, queries: 200),
        Segment("seg-xlarge", resolution: 624, layers: 6, queries: 300),
        Segment("seg-2xlarge", resolution: 768, layers: 6, queries: 300),
    ];

    /// <summary>Finds a variant by name, ignoring case; false if there is none.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out ModelConfig? config)
    {
        config = All.FirstOrDefault(v => v.Variant.Equals(name, StringComparison.OrdinalIgnoreCase));
        return config is not null;
    }

    /// <summary>Finds a variant by name, ignoring case.</summary>
    /// <exception cref="ArgumentException">There is no such variant; the message lists those there are.</exception>
    public static ModelConfig Get(string name) => TryGet(name, out ModelConfig? config)
        ? config
        : throw new ArgumentException(
            $"there is no variant '{name}'; there are {string.Join(", ", All.Select(v => v.Variant))}", nameof(name));

    private static ModelConfig Detect(string name, int resolution, int layers) => new()
    {
        Variant = name,
        EncoderWidth = 384,
        PatchSize = 16,
        NumWindows = 2,
        Resolution = resolution,
        PositionalEncodingSize = resolution / 16,
        DecoderLayers = layers,
        HiddenDim = 256,
        SelfAttentionHeads = 8,
        CrossAttentionHeads = 16,
        DecoderPoints = 2,
        ProjectorLevels = [4],
        OutFeatureIndexes = [3, 6, 9, 12],
        NumQueries = 300,
        NumSelect = 300,
    };

    private static ModelConfig DetectBase(string name, int resolution, int windows) => Detect(name, resolution, layers: 5) with
    {
        EncoderWidth = 768,
        PatchSize = 20,
        NumWindows = windows,
        PositionalEncodingSize = resolution / 20,
        HiddenDim = 512,
        SelfAttentionHeads = 16,
        CrossAttentionHeads = 32,
        DecoderPoints = 4,
    };

    private static ModelConfig Segment(string name, int resolution, int layers, int queries) =>
        Detect(name, resolution, layers) with
        {
            PatchSize = 12,
            PositionalEncodingSize = resolution / 12,
            NumQueries = queries,
            NumSelect = queries,
            SegmentationHead = true,
        };
}
