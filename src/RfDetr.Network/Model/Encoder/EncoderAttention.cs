using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Self-attention of the encoder; keeps [B, N, D].</summary>
/// <remarks>Checkpoint names: <c>attention.query|key|value</c>, <c>output.dense</c>.</remarks>
internal sealed class EncoderAttention(Weights w, ModelConfig c)
{
    private readonly Dense _query = new(w / "attention" / "query", c.EncoderWidth, c.EncoderWidth);
    private readonly Dense _key = new(w / "attention" / "key", c.EncoderWidth, c.EncoderWidth);
    private readonly Dense _value = new(w / "attention" / "value", c.EncoderWidth, c.EncoderWidth);
    private readonly Dense _output = new(w / "output" / "dense", c.EncoderWidth, c.EncoderWidth);

    public Tensor Forward(Tensor x) =>
        _output.Forward(_query.Forward(x).Attention(_key.Forward(x), _value.Forward(x), c.EncoderHeads));
}
