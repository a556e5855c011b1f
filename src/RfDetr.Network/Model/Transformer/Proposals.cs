using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Queries that the two-stage step chose.</summary>
/// <param name="Boxes">[B, G·K, 4], K = min(queries, cells) per group.</param>
/// <param name="Features">[B, G·K, d].</param>
/// <param name="Logits">[B, G·K, C], of the two-stage class heads.</param>
internal sealed record Proposals(Tensor Boxes, Tensor Features, Tensor Logits);

/// <summary>Two-stage query selection of one query group: scores every cell, keeps the best.</summary>
/// <remarks>
/// Checkpoint names: <c>enc_output.{g}</c>, <c>enc_output_norm.{g}</c>, <c>enc_out_class_embed.{g}</c>,
/// <c>enc_out_bbox_embed.{g}</c>.
/// </remarks>
internal sealed class ProposalHead(Weights w, ModelConfig c, int group)
{
    private readonly Dense _output = new(w / "enc_output" / group, c.HiddenDim, c.HiddenDim);
    private readonly Norm _norm = new(w / "enc_output_norm" / group, c.HiddenDim, Norm.DecoderEpsilon);
    private readonly Dense _classes = new(w / "enc_out_class_embed" / group, c.HiddenDim, c.ClassLogits);
    private readonly Mlp _boxes = new(w / "enc_out_bbox_embed" / group, c.HiddenDim, c.HiddenDim, c.HiddenDim, 4);

    /// <summary>Memory [B, S, d], invalid rows zeroed, anchors [S, 4] → the best K cells by their largest class logit.</summary>
    public Proposals Forward(Tensor memory, Tensor anchors)
    {
        Tensor features = _norm.Forward(_output.Forward(memory));                       // [B, S, d]
        Tensor logits = _classes.Forward(features);                                     // [B, S, C]
        int count = Math.Min(c.NumQueries, memory.Shape[1].Size);
        Tensor best = logits.Reduce(ReduceKind.Max, -1).TopKIndices(count);             // [B, K]
        Tensor chosen = features.GatherRows(best);                                      // [B, K, d]
        Tensor boxes = Boxes.Decode(_boxes.Forward(chosen), anchors.Take(best));        // [B, K, 4]; only chosen rows need boxes
        return new(boxes, chosen, logits.GatherRows(best));
    }
}
