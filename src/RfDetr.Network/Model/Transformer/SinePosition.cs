using RfDetr.Tensors;

namespace RfDetr.Model;

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
