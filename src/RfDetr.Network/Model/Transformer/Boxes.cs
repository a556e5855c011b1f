using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Boxes (cx, cy, w, h) relative to the image, and how deltas move them.</summary>
internal static class Boxes
{
    /// <summary>xy = δxy·wh + xy, wh = exp(δwh)·wh; both [..., 4] → [..., 4].</summary>
    public static Tensor Decode(Tensor deltas, Tensor reference)
    {
        Tensor size = Size(reference);
        return new[] { Center(deltas) * size + Center(reference), Size(deltas).Exp() * size }.Concat(-1);
    }

    public static Tensor Center(Tensor boxes) => boxes.Slice(-1, 0, 2);

    public static Tensor Size(Tensor boxes) => boxes.Slice(-1, 2, 2);
}
