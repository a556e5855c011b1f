using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Pre-norm transformer block of DINOv2; keeps [B·w², n, D].</summary>
/// <remarks>
/// Checkpoint names below <c>layer.{i}</c>: <c>norm1</c>, <c>attention.*</c>, <c>layer_scale1</c>, <c>norm2</c>,
/// <c>mlp.fc1|fc2</c>, <c>layer_scale2</c>.
/// </remarks>
internal sealed class EncoderBlock(Weights w, ModelConfig c, int index)
{
    private readonly bool _isGlobal = c.OutFeatureIndexes.Contains(index);
    private readonly float _depth = c.EncoderDepth > 1 ? index / (c.EncoderDepth - 1f) : 0;
    private readonly Norm _norm1 = new(w / "norm1", c.EncoderWidth, Norm.EncoderEpsilon);
    private readonly EncoderAttention _attention = new(w / "attention", c);
    private readonly Tensor _scale1 = (w / "layer_scale1").Get("lambda1", c.EncoderWidth);
    private readonly Norm _norm2 = new(w / "norm2", c.EncoderWidth, Norm.EncoderEpsilon);
    private readonly Dense _fc1 = new(w / "mlp" / "fc1", c.EncoderWidth, 4 * c.EncoderWidth);
    private readonly Dense _fc2 = new(w / "mlp" / "fc2", 4 * c.EncoderWidth, c.EncoderWidth);
    private readonly Tensor _scale2 = (w / "layer_scale2").Get("lambda1", c.EncoderWidth);

    public Tensor Forward(Tensor x, Windows windows)
    {
        x += (_scale1 * Attend(_norm1.Forward(x), windows)).Branch(_depth);
        return x + (_scale2 * _fc2.Forward(_fc1.Forward(_norm2.Forward(x)).Gelu())).Branch(_depth);
    }

    // A global block sees all windows of an image, each with its class token, as one sequence.
    private Tensor Attend(Tensor x, Windows windows)
    {
        if (!_isGlobal || windows.Count == 1)
            return _attention.Forward(x);
        Tensor joined = x.Reshape(x.Shape[0] / windows.Count, x.Shape[1] * windows.Count, x.Shape[2]); // [B, w²·n, D]
        return _attention.Forward(joined).Reshape(x.Shape.AsSpan());
    }
}

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
