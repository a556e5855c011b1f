using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Result of the transformer: the decoder's states, their reference and the proposals.</summary>
/// <param name="States">The state after each layer, [B, G·Q, d].</param>
/// <param name="Reference">[B, G·Q, 4].</param>
/// <param name="Proposals">The two-stage step's choice.</param>
internal sealed record TransformerOutput(Tensor[] States, Tensor Reference, Proposals Proposals);

/// <summary>Two-stage selection and decoder (LW-DETR; query groups of Group DETR, arXiv 2207.13085).</summary>
internal sealed class TwoStageTransformer
{
    private readonly ModelConfig _c;
    private readonly ProposalHead[] _heads;
    private readonly Decoder _decoder;
    private readonly Tensor _content, _offsets;

    public TwoStageTransformer(Weights w, ModelConfig c)
    {
        _c = c;
        Weights transformer = w / "transformer";
        _heads = [.. Enumerable.Range(0, c.GroupDetr).Select(g => new ProposalHead(transformer, c, g))];
        _decoder = new Decoder(transformer / "decoder", c);
        _content = (w / "query_feat").Get("weight", c.GroupDetr * c.NumQueries, c.HiddenDim);
        _offsets = (w / "refpoint_embed").Get("weight", c.GroupDetr * c.NumQueries, 4);
    }

    /// <summary>Level maps [B, h, v, d] → decoder states of the first <paramref name="groups"/> query groups.</summary>
    public TransformerOutput Forward(IReadOnlyList<Tensor> maps, int groups)
    {
        var memory = new Memory(
            maps.Select(m => m.Reshape(m.Shape[0], m.Shape[1] * m.Shape[2], m.Shape[3])).ToArray().Concat(1), // [B, S, d]
            [.. maps.Select(m => (m.Shape[1].Size, m.Shape[2].Size))]);
        Proposals proposals = Propose(memory, groups);
        _ = proposals.Boxes.Tap("two_stage.boxes");
        int count = groups * _c.NumQueries;
        Tensor reference = References(proposals.Boxes, _offsets.Slice(0, 0, count));
        Tensor content = _content.Slice(0, 0, count).BroadcastTo(memory.Rows.Shape[0], count, _c.HiddenDim);
        return new(_decoder.Forward(content, reference, memory, groups), reference, proposals);
    }

    private Proposals Propose(Memory memory, int groups)
    {
        Backend backend = memory.Rows.Backend;
        Anchors anchors = Anchors.Of(memory.Levels);
        Tensor boxes = backend.Constant(anchors.Boxes);
        Tensor rows = anchors.AllValid ? memory.Rows : memory.Rows * backend.Constant(anchors.Mask);
        Proposals[] all = [.. _heads.Take(groups).Select(head => head.Forward(rows, boxes))];
        return new(
            all.Select(p => p.Boxes).ToArray().Concat(1),
            all.Select(p => p.Features).ToArray().Concat(1),
            all.Select(p => p.Logits).ToArray().Concat(1));
    }

    // Learned offsets move the proposals, which learn from their own loss only, not through the decoder; queries beyond the
    // number of proposals keep their offsets as boxes.
    private static Tensor References(Tensor proposals, Tensor offsets)
    {
        int proposed = proposals.Shape[1].Size, beyond = offsets.Shape[0].Size - proposed;
        Tensor moved = Boxes.Decode(offsets.Slice(0, 0, proposed), proposals.Detach());
        return beyond == 0 ? moved
            : new[] { moved, offsets.Slice(0, proposed, beyond).BroadcastTo(proposals.Shape[0], beyond, 4) }.Concat(1);
    }
}
