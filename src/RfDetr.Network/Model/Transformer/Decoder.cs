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
