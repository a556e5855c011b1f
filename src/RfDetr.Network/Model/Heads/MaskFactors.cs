using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Masks before they are multiplied out, so that training can compute the matched ones only.</summary>
/// <param name="Features">[B, h_m, w_m, d] at a quarter of the input's size.</param>
/// <param name="Queries">[B, Q, d].</param>
/// <param name="Bias">[1].</param>
internal sealed record MaskFactors(Tensor Features, Tensor Queries, Tensor Bias)
{
    /// <summary>All mask logits, [B, Q, h_m, w_m].</summary>
    public Tensor Logits()
    {
        Shape f = Features.Shape;
        Tensor pixels = Features.Reshape(f[0], f[1] * f[2], f[3]);
        return (Queries.MatMul(pixels, transposeB: true) + Bias).Reshape(f[0], Queries.Shape[1], f[1], f[2]);
    }
}
