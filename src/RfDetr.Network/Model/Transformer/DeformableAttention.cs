using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>The feature levels the decoder looks at.</summary>
/// <param name="Rows">[B, S, d], level after level, row-major.</param>
/// <param name="Levels">Grid of each level.</param>
internal sealed record Memory(Tensor Rows, IReadOnlyList<(int Height, int Width)> Levels);

/// <summary>Cross-attention at a few learned points around each reference box (Deformable DETR, arXiv 2010.04159).</summary>
/// <remarks>Checkpoint names: <c>sampling_offsets</c>, <c>attention_weights</c>, <c>value_proj</c>, <c>output_proj</c>.</remarks>
internal sealed class DeformableAttention(Weights w, ModelConfig c)
{
    private readonly int _heads = c.CrossAttentionHeads, _samples = c.ProjectorLevels.Count * c.DecoderPoints;
    private readonly Dense _offsets =
        new(w / "sampling_offsets", c.HiddenDim, c.CrossAttentionHeads * c.ProjectorLevels.Count * c.DecoderPoints * 2);
    private readonly Dense _mix =
        new(w / "attention_weights", c.HiddenDim, c.CrossAttentionHeads * c.ProjectorLevels.Count * c.DecoderPoints);
    private readonly Dense _value = new(w / "value_proj", c.HiddenDim, c.HiddenDim);
    private readonly Dense _output = new(w / "output_proj", c.HiddenDim, c.HiddenDim);

    /// <summary>Query [B, Q, d], reference [B, Q, 4] → [B, Q, d].</summary>
    public Tensor Forward(Tensor query, Tensor reference, Memory memory)
    {
        (Dim batch, Dim queries) = (query.Shape[0], query.Shape[1]);
        Tensor offsets = _offsets.Forward(query).Reshape(batch, queries, _heads, _samples, 2);
        Tensor weights = _mix.Forward(query).Reshape(batch, queries, _heads, _samples).Softmax();
        Tensor boxes = reference.Reshape(batch, queries, 1, 1, 4);
        // [B, Q, heads, levels·P, 2]
        Tensor locations = Boxes.Center(boxes) + offsets * (Boxes.Size(boxes) * (0.5f / c.DecoderPoints));
        var sampling =
            new DeformableSampling(_heads, c.DecoderPoints, [.. memory.Levels.SelectMany(l => new[] { l.Height, l.Width })]);
        return _output.Forward(query.Backend.Apply(sampling, _value.Forward(memory.Rows), locations, weights));
    }
}
