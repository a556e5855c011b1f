using System.Globalization;

namespace RfDetr.Training;

/// <summary>
/// The order in which rf-detr's own network lists its tensors; PyTorch finds a tensor's optimizer state again by position.
/// </summary>
internal static class CheckpointOrder
{
    /// <summary>The one tensor of a checkpoint that no network uses; its place among the others counts all the same.</summary>
    public const string MaskToken = Embeddings + "mask_token";

    private const string Embeddings = "backbone.0.encoder.encoder.embeddings.", DecoderLayers = "transformer.decoder.layers.";

    // Tensors below one prefix are in the order in which our network asks for them, which is rf-detr's.
    private static readonly string[] _prefixes =
    [
        DecoderLayers, "transformer.decoder.norm.", "transformer.decoder.ref_point_head.",
        "transformer.enc_output.", "transformer.enc_output_norm.", "transformer.enc_out_bbox_embed.",
        "transformer.enc_out_class_embed.",
        "class_embed.", "bbox_embed.", "segmentation_head.bias", "segmentation_head.", "refpoint_embed.", "query_feat.",
        Embeddings + "cls_token", MaskToken, Embeddings, "backbone.0.encoder.encoder.encoder.", "backbone.0.encoder.",
        "backbone.0.projector.stages_sampling.", "backbone.0.projector.",
    ];

    /// <summary>Sorts; names of no known place come last, as they are.</summary>
    public static IReadOnlyList<string> Sort(IEnumerable<string> names) => [.. names.OrderBy(Place).ThenBy(Within)];

    private static int Place(string name)
    {
        int place = Array.FindIndex(_prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        return place < 0 ? _prefixes.Length : place;
    }

    // In a decoder layer the second and third norm stand behind the feed-forward layers.
    private static int Within(string name)
    {
        if (!name.StartsWith(DecoderLayers, StringComparison.Ordinal))
            return 0;
        string[] parts = name[DecoderLayers.Length..].Split('.');
        int layer = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? Math.Min(index, int.MaxValue / 4)
            : 0;
        return 3 * layer + (parts.Length < 2 ? 0 : parts[1] switch { "norm2" => 1, "norm3" => 2, _ => 0 });
    }
}
