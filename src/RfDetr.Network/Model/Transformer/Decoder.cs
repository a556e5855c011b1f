using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Decoder layers over fixed reference boxes ("lite" refinement: references do not move between layers).</summary>
/// <remarks>Checkpoint names: <c>layers.{i}</c>, <c>norm</c>, <c>ref_point_head</c>.</remarks>
internal sealed class Decoder(Weights w, ModelConfig c)
{
    private readonly Mlp _positionHead = new(w / "ref_point_head", 2 * c.HiddenDim, c.HiddenDim, c.HiddenDim);
    private readonly Norm _norm = new(w / "norm", c.HiddenDim, Norm.DecoderEpsilon);
    private readonly DecoderLayer[] _layers =
        [.. Enumerable.Range(0, c.DecoderLayers).Select(i => new DecoderLayer(w / "layers" / i, c))];

    /// <summary>Content [B, G·Q, d] and references [B, G·Q, 4] → the normed state after each layer.</summary>
    public Tensor[] Forward(Tensor content, Tensor reference, Memory memory, int groups)
    {
        Tensor position = _positionHead.Forward(SinePosition.Embed(reference, c.HiddenDim)); // [B, G·Q, d]
        var states = new List<Tensor>();
        foreach (DecoderLayer layer in _layers)
        {
            content = layer.Forward(content, position, reference, memory, groups);
            states.Add(_norm.Forward(content).Tap($"decoder.layer.{states.Count}"));
        }

        _ = states[^1].Tap("decoder.hidden");
        return [.. states];
    }
}

/// <summary>Post-norm decoder layer; keeps [B, G·Q, d].</summary>
/// <remarks>
/// Checkpoint names: <c>self_attn.*</c>, <c>norm1</c>, <c>cross_attn.*</c>, <c>norm2</c>, <c>linear1</c>, <c>linear2</c>,
/// <c>norm3</c>.
/// </remarks>
internal sealed class DecoderLayer(Weights w, ModelConfig c)
{
    private readonly SelfAttention _selfAttention = new(w / "self_attn", c);
    private readonly Norm _norm1 = new(w / "norm1", c.HiddenDim, Norm.DecoderEpsilon);
    private readonly DeformableAttention _crossAttention = new(w / "cross_attn", c);
    private readonly Norm _norm2 = new(w / "norm2", c.HiddenDim, Norm.DecoderEpsilon);
    private readonly Dense _linear1 = new(w / "linear1", c.HiddenDim, c.FeedForwardDim);
    private readonly Dense _linear2 = new(w / "linear2", c.FeedForwardDim, c.HiddenDim);
    private readonly Norm _norm3 = new(w / "norm3", c.HiddenDim, Norm.DecoderEpsilon);

    public Tensor Forward(Tensor x, Tensor position, Tensor reference, Memory memory, int groups)
    {
        x = _norm1.Forward(x + _selfAttention.Forward(x, position, groups));
        x = _norm2.Forward(x + _crossAttention.Forward(x + position, reference, memory));
        return _norm3.Forward(x + _linear2.Forward(_linear1.Forward(x).Relu()));
    }
}

/// <summary>Self-attention among the queries of one group; keeps [B, G·Q, d].</summary>
/// <remarks>
/// Checkpoint names: <c>in_proj_weight [3d, d]</c>, <c>in_proj_bias [3d]</c> (queries, keys, values), <c>out_proj.*</c>.
/// </remarks>
internal sealed class SelfAttention(Weights w, ModelConfig c)
{
    private readonly Tensor _weight = w.Get("in_proj_weight", 3 * c.HiddenDim, c.HiddenDim);
    private readonly Tensor _bias = w.Get("in_proj_bias", 3 * c.HiddenDim);
    private readonly Dense _output = new(w / "out_proj", c.HiddenDim, c.HiddenDim);

    public Tensor Forward(Tensor x, Tensor position, int groups)
    {
        Tensor placed = x + position;
        Tensor mixed =
            Project(placed, 0, groups).Attention(Project(placed, 1, groups), Project(x, 2, groups), c.SelfAttentionHeads);
        return _output.Forward(mixed.Reshape(x.Shape.AsSpan()));
    }

    private Tensor Project(Tensor x, int part, int groups)
    {
        int d = c.HiddenDim;
        Tensor y = x.Linear(_weight.Slice(0, part * d, d), _bias.Slice(0, part * d, d));
        return y.Reshape(y.Shape[0] * groups, y.Shape[1] / groups, d);                       // [B·G, Q, d]
    }
}

/// <summary>Sine embedding of boxes: sines and cosines interleaved, d/2 values for each of y, x, w, h in that order.</summary>
internal static class SinePosition
{
    private const float Temperature = 10000;

    /// <summary>Boxes [B, Q, 4] as (cx, cy, w, h) → [B, Q, 2d].</summary>
    public static Tensor Embed(Tensor boxes, int width)
    {
        (Dim batch, Dim queries, int pairs) = (boxes.Shape[0], boxes.Shape[1], width / 4);
        float[] periods = [.. Enumerable.Range(0, pairs).Select(k => MathF.Pow(Temperature, 2f * k / (width / 2)))];
        Tensor ordered = new[] { boxes.Slice(2, 1, 1), boxes.Slice(2, 0, 1), boxes.Slice(2, 2, 2) }.Concat(2);
        Tensor angles = (ordered * (2 * MathF.PI)).Reshape(batch, queries, 4, 1, 1)
            / boxes.Backend.Constant(HostTensor.Of(periods, pairs, 1));                      // [B, Q, 4, d/4, 1]
        return new[] { angles.Sin(), angles.Cos() }.Concat(-1).Reshape(batch, queries, 2 * width);
    }
}
