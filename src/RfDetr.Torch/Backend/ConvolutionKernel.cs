using RfDetr.Tensors;

namespace RfDetr.Torch;

/// <summary>
/// Convolution of channels-last maps. Where windows do not overlap it is one matrix product, far quicker than a convolution.
/// </summary>
internal static class ConvolutionKernel
{
    private static readonly AtenOp ConvOp = new("aten::conv2d");

    public static TorchTensor Run(TorchTensor x, TorchTensor weight, TorchTensor? bias, Conv2d conv)
    {
        long[] kernel = weight.Shape, map = x.Shape;
        if (
            conv.Groups == 1
                && conv.Padding == 0 && kernel[2] == conv.Stride && kernel[3] == conv.Stride && map[1] % conv.Stride == 0
                && map[2] % conv.Stride == 0)
            return Patches(x, weight, bias, map, kernel);
        TorchTensor first = x.Permute(0, 3, 1, 2);
        long stride = conv.Stride, padding = conv.Padding;
        return ConvOp.Call(
            first, weight, bias, new[] { stride, stride }, new[] { padding, padding }, 1L, (long)conv.Groups).Permute(0, 2, 3, 1);
    }

    // [B, h·s, v·s, C] → [B, h, v, (C, s, s)] → [B, h, v, O]
    private static TorchTensor Patches(TorchTensor x, TorchTensor weight, TorchTensor? bias, long[] map, long[] kernel)
    {
        long s = kernel[2], h = map[1] / s, v = map[2] / s;
        TorchTensor rows = s == 1
            ? x
            : x.Reshape(map[0], h, s, v, s, map[3]).Permute(0, 1, 3, 5, 2, 4).Reshape(map[0], h, v, map[3] * s * s);
        return rows.Linear(weight.Reshape(kernel[0], -1), bias);
    }
}
