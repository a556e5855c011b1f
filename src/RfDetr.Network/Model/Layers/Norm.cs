using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Layer normalization over the last axis: names <c>weight</c>, <c>bias</c>.</summary>
internal sealed class Norm(Weights w, int width, float epsilon)
{
    /// <summary>DINOv2's and the projector's; PyTorch's default differs in the fourth decimal.</summary>
    public const float EncoderEpsilon = 1e-6f;

    /// <summary>PyTorch's default, used by everything behind the projector.</summary>
    public const float DecoderEpsilon = 1e-5f;

    private readonly Tensor _weight = w.Get("weight", width);
    private readonly Tensor _bias = w.Get("bias", width);

    public Tensor Forward(Tensor x) => x.LayerNorm(_weight, _bias, epsilon); // keeps [..., D]
}
