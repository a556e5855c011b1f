using RfDetr.Model;

namespace RfDetr.Checkpoints;

/// <summary>Compares a checkpoint's shapes with the published variants.</summary>
internal static class VariantMatch
{
    /// <summary>
    /// Variants whose every tensor but the position table has the checkpoint's shape (classes and groups left aside).
    /// </summary>
    public static List<ModelConfig> SameStructure(ShapeFacts facts) =>
        [.. Variants.All.Where(v => FirstDifference(facts, v, withTable: false) is null)];

    /// <summary>The variant that fits with its position table too; null if none does.</summary>
    /// <remarks>No two published variants agree in all shapes.</remarks>
    public static ModelConfig? Exact(ShapeFacts facts) =>
        Variants.All.FirstOrDefault(v => FirstDifference(facts, v, withTable: true) is null);

    /// <summary>
    /// The first tensor whose shape differs from what <paramref name="config"/> has, with both shapes; null if all agree.
    /// </summary>
    public static (string Weight, string Actual, string Expected)? FirstDifference(
        ShapeFacts f, ModelConfig config, bool withTable)
    {
        ModelConfig c = config;
        int width = c.EncoderWidth, d = c.HiddenDim, p = c.PatchSize;
        if (f.EncoderWidth != width || f.PatchSize != p || f.Channels != c.Channels)
            return (
                ShapeFacts.PatchProjection, Text(f.EncoderWidth, f.Channels, f.PatchSize, f.PatchSize),
                Text(width, c.Channels, p, p));
        if (f.EncoderDepth != c.EncoderDepth)
            return Layers(ShapeFacts.EncoderLayer, f.EncoderDepth, c.EncoderDepth, f.EncoderWidth, width);
        if (f.HiddenDim != d)
            return (ShapeFacts.DecoderNorm, Text(f.HiddenDim), Text(d));
        if (f.DecoderLayers != c.DecoderLayers)
            return Layers(ShapeFacts.DecoderLayer, f.DecoderLayers, c.DecoderLayers, d, d);
        if (!f.Levels.SequenceEqual(c.ProjectorLevels) || f.FeatureMaps != c.OutFeatureIndexes.Count)
            return (
                string.Format(null, ShapeFacts.Stage, 0), $"levels P{string.Join(",P", f.Levels)} of {f.FeatureMaps} maps",
                $"levels P{string.Join(",P", c.ProjectorLevels)} of {c.OutFeatureIndexes.Count} maps");
        int heads = c.CrossAttentionHeads * c.DecoderPoints;
        if (f.HeadsTimesPoints != heads)
            return (ShapeFacts.Offsets, Text(f.HeadsTimesPoints * f.Levels.Count * 2, d), Text(heads * f.Levels.Count * 2, d));
        if (f.FeedForwardDim != c.FeedForwardDim)
            return (ShapeFacts.FeedForward, Text(f.FeedForwardDim, d), Text(c.FeedForwardDim, d));
        if (f.Segmentation != c.SegmentationHead)
            return Layers(
                ShapeFacts.MaskBlock, f.Segmentation ? f.DecoderLayers : 0, c.SegmentationHead ? c.DecoderLayers : 0, d, d);
        if (f.NumQueries != c.NumQueries)
            return (ShapeFacts.ReferencePoints, Text(f.NumQueries * f.Groups, 4), Text(c.NumQueries * f.Groups, 4));
        if (withTable && f.TableSide != c.PositionalEncodingSize)
            return (
                ShapeFacts.PositionTable, Text(1, 1 + f.TableSide * f.TableSide, width),
                Text(1, 1 + c.PositionalEncodingSize * c.PositionalEncodingSize, width));
        return null;
    }

    /// <summary>
    /// Checks a variant the caller named; another resolution than the published one is allowed unless that makes it another
    /// variant.
    /// </summary>
    /// <exception cref="CheckpointFormatException">
    /// It does not fit; one message with the weight, both shapes and the variant it looks like.
    /// </exception>
    public static ModelConfig Named(ShapeFacts facts, string name)
    {
        ModelConfig asked = Variants.Get(name);
        ModelConfig? exact = Exact(facts);
        bool otherExact = exact is not null && exact.Variant != asked.Variant;
        if (FirstDifference(facts, asked, withTable: otherExact) is not { } difference)
            return asked;
        ModelConfig? like = exact ?? SameStructure(facts).FirstOrDefault();
        string looks = like is null
            ? "this checkpoint looks like no published variant"
            : $"this checkpoint looks like variant '{like.Variant}'";
        throw new CheckpointFormatException(
            $"weight '{difference.Weight}' has shape {difference.Actual}, expected {difference.Expected}; {looks}, you "
                + $"asked for '{asked.Variant}'");
    }

    private static (string Weight, string Actual, string Expected) Layers(
        string pattern, int actual, int expected, int actualWidth, int expectedWidth) =>
        actual > expected
        ? (string.Format(null, pattern, expected), Text(actualWidth), "no such weight")
        : (string.Format(null, pattern, actual), "nothing (it is missing)", Text(expectedWidth));

    private static string Text(params ReadOnlySpan<int> shape) => ShapeReader.Text(shape.ToArray());
}
