using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Convolution in ONNX's layout: [B, C, H, W] → [B, O, H', W'].</summary>
internal sealed record NchwConv(Conv2d Conv) : Op
{
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType[] last = [Nchw.ToLast(inputs[0]), .. inputs[1..]];
        return Nchw.ToFirst(Conv.Infer(last));
    }
}

/// <summary>Bilinear resize in ONNX's layout: [B, C, h, w] → [B, C, Height, Width].</summary>
internal sealed record NchwResize(ResizeBilinear Resize) : Op
{
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Nchw.ToFirst(Resize.Infer([Nchw.ToLast(inputs[0])]));
}

/// <summary>Between the network's layout (channels last) and ONNX's (channels first).</summary>
internal static class Nchw
{
    public static TensorType ToFirst(TensorType type) =>
        type with { Shape = [type.Shape[0], type.Shape[3], type.Shape[1], type.Shape[2]] };

    public static TensorType ToLast(TensorType type) =>
        type with { Shape = [type.Shape[0], type.Shape[2], type.Shape[3], type.Shape[1]] };
}

/// <summary>
/// Puts convolutions and resizes into ONNX's layout between permutations, which <see cref="SimplifyLayout"/> then joins with
/// their neighbors.
/// </summary>
internal sealed class ChannelsFirst : GraphPass
{
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        Op? op = value.Op switch
        {
            Conv2d conv => new NchwConv(conv),
            ResizeBilinear resize => new NchwResize(resize),
            _ => null,
        };
        return op is null ? null : Target.Apply(op, [inputs[0].Permute(0, 3, 1, 2), .. inputs[1..]]).Permute(0, 2, 3, 1);
    }
}
