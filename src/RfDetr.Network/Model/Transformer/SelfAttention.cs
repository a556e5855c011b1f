using RfDetr.Tensors;

namespace RfDetr.Model;

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
