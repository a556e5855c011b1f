using System.Globalization;
using System.Text.RegularExpressions;

namespace RfDetr;

/// <summary>
/// Assignment of weights to the parts of the network that quantization treats as one. Weights that place boxes and sampling
/// points or end a head are in none and stay in float, as do norms, softmax and attention scores, which are no products by
/// weights.
/// </summary>
internal static partial class QuantizationBlocks
{
    private static readonly string[] s_order =
    [
        "embeddings", "encoder", "projector", "two-stage", "decoder.positions", "decoder", "heads", "masks"
    ];

    /// <summary>The block of a checkpoint's tensor; null if it stays in float.</summary>
    public static string? Of(string weight)
    {
        if (!weight.EndsWith("weight", StringComparison.Ordinal))
            return null;
        if (Encoder().Match(weight) is { Success: true } layer)
            return $"encoder.{layer.Groups[1].Value}.{layer.Groups[2].Value}";
        if (Decoder().Match(weight) is { Success: true } decoder)
            return $"decoder.{decoder.Groups[1].Value}";
        return weight switch
        {
            "backbone.0.encoder.encoder.embeddings.patch_embeddings.projection.weight" => "embeddings",
            _ when Projector().IsMatch(weight) => "projector",
            _ when TwoStage().IsMatch(weight) => "two-stage",
            _ when weight.StartsWith("transformer.decoder.ref_point_head.layers.", StringComparison.Ordinal) =>
                "decoder.positions",
            "bbox_embed.layers.0.weight" or "bbox_embed.layers.1.weight" => "heads",
            _ when Masks().IsMatch(weight) => "masks",
            _ => null,
        };
    }

    /// <summary>Sorts blocks as an image meets them.</summary>
    public static (int Part, int Layer, string Name) Order(string block)
    {
        string[] parts = block.Split('.');
        int part = Array.IndexOf(s_order, parts is ["decoder", "positions"] ? block : parts[0]);
        return (
            part,
            parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
                ? layer
                : 0,
            block);
    }

    [GeneratedRegex(@"^backbone\.0\.encoder\.encoder\.encoder\.layer\.(\d+)\.(attention|mlp)\.")]
    private static partial Regex Encoder();

    [
        GeneratedRegex(
            @"^transformer\.decoder\.layers\.(\d+)\."
                + @"(?:self_attn\.(?:in_proj_|out_proj\.)|cross_attn\.(?:value_proj|output_proj)\.|linear[12]\.)")
    ]
    private static partial Regex Decoder();

    // Samplers of P3 are kernels of 2×2 themselves, the others convolutions; norms (bn, stages.L.1) are none.
    [GeneratedRegex(@"^backbone\.0\.projector\.(?:stages\.\d+\.0\..*conv\.weight|stages_sampling\..*\.(?:conv|0)\.weight)$")]
    private static partial Regex Projector();

    [GeneratedRegex(@"^transformer\.(?:enc_output\.\d+|enc_out_bbox_embed\.\d+\.layers\.[01])\.weight$")]
    private static partial Regex TwoStage();

    [GeneratedRegex(@"^segmentation_head\.(?:blocks\.\d+\.pwconv1|query_features_block\.layers\.\d+)\.weight$")]
    private static partial Regex Masks();
}
