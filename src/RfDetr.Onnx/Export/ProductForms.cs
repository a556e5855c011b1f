using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>ONNX's Gemm over rows: x <c>[n, in]</c>, weights <c>[out, in]</c> as checkpoints hold them, optional bias → <c>[n, out]</c>.</summary>
internal sealed record Gemm : Op
{
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs) => new Linear().Infer(inputs);
}

/// <summary>
/// Products in ONNX's words. A linear layer is a Gemm over all rows at once: weights go into the file as the checkpoint has them and the
/// bias is added inside. Other transposed factors are permuted. As a tracer writes it, a linear layer is a MatMul with the weights turned
/// round, and an Add.
/// </summary>
internal sealed class ProductForms(bool asTraced) : GraphPass
{
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        switch (value.Op)
        {
            case Linear when asTraced:
                Tensor traced = inputs[0].MatMul(inputs[1].Permute(1, 0));
                return inputs.Length == 3 ? traced + inputs[2] : traced;
            case Linear:
                Shape x = inputs[0].Shape;
                Dim width = x[-1], rows = Shape.Create(x.AsSpan()[..^1]).Elements;
                Tensor product = Target.Apply(new Gemm(), [inputs[0].Reshape(rows, width), .. inputs[1..]]);
                return product.Reshape(value.Shape.AsSpan());
            case MatMul { TransposeB: true }:
                int rank = inputs[1].Shape.Rank;
                int[] axes = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
                return inputs[0].MatMul(inputs[1].Permute(axes));
            default:
                return null;
        }
    }
}
