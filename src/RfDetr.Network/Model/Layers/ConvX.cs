using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Functions that may follow a normalized convolution.</summary>
internal enum Activation
{
    Relu,
    Silu,
}

/// <summary>
/// Convolution without bias (padding k/2), layer norm over the channels of each pixel, activation. Channels last.
/// </summary>
/// <remarks>Checkpoint names: <c>conv.weight</c>, <c>bn.*</c> (a layer norm in spite of its name).</remarks>
internal sealed class ConvX(Weights w, int inputs, int outputs, int kernel, Activation activation, int stride = 1)
{
    private readonly Tensor _weight = (w / "conv").Get("weight", outputs, inputs, kernel, kernel);
    private readonly Norm _norm = new(w / "bn", outputs, Norm.EncoderEpsilon);

    public Tensor Forward(Tensor x)
    {
        Tensor y = _norm.Forward(x.Conv2d(_weight, null, stride, kernel / 2)); // [B, h/stride, v/stride, outputs]
        return activation == Activation.Silu ? y.Silu() : y.Relu();
    }
}
