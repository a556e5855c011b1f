using RfDetr.Tensors;

namespace RfDetr.Model;

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
