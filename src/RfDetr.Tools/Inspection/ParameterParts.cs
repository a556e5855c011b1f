namespace RfDetr.Tools;

/// <summary>Sorts a network's tensors into the parts that people speak of.</summary>
internal static class ParameterParts
{
    private static readonly string[] s_order = ["encoder", "projector", "two-stage", "decoder", "heads", "other"];

    public static IReadOnlyList<InspectedPart> Of(IEnumerable<InspectedTensor> tensors) =>
    [
        .. tensors.GroupBy(t => PartOf(t.Name))
            .Select(g => new InspectedPart(g.Key, g.Count(), g.Sum(t => t.Count)))
            .OrderBy(p => Array.IndexOf(s_order, p.Name)),
    ];

    // Names as the published checkpoints have them; the learned queries belong to the decoder that reads them.
    private static string PartOf(string name)
    {
        return name switch
        {
            _ when Starts("backbone.0.encoder.") => "encoder",
            _ when Starts("backbone.0.projector.") => "projector",
            _ when Starts("transformer.enc_") => "two-stage",
            _ when Starts("transformer.decoder.") || Starts("query_feat.") || Starts("refpoint_embed.") => "decoder",
            _ when Starts("class_embed.") || Starts("bbox_embed.") || Starts("segmentation_head.") => "heads",
            _ => "other",
        };

        bool Starts(string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
    }
}
