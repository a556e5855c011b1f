using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>A 1×1 convolution, channels last, is a linear layer.</summary>
internal sealed class PointwiseConvolutions : GraphPass
{
    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (value.Op is not Conv2d { Stride: 1, Padding: 0, Groups: 1 })
            return null;
        Shape weight = inputs[1].Shape;
        return weight[2].IsOne && weight[3].IsOne
            ? inputs[0].Linear(inputs[1].Reshape(weight[0], weight[1]), inputs.Length == 3 ? inputs[2] : null)
            : null;
    }
}
