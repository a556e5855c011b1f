using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>
/// Products in ONNX's words: a linear layer is a MatMul by <c>[in, out]</c> and an Add, turned from the checkpoints'
/// <c>[out, in]</c> once, at export; any other transposed factor is permuted. ONNX Runtime joins the Add with a GELU behind it,
/// which it does not do for a Gemm.
/// </summary>
internal sealed class ProductForms : GraphPass
{
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        switch (value.Op)
        {
            case Linear:
                Tensor product = inputs[0].MatMul(inputs[1].Permute(1, 0));
                return inputs.Length == 3 ? product + inputs[2] : product;
            case MatMul { TransposeB: true }:
                int rank = inputs[1].Shape.Rank;
                int[] axes = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
                return inputs[0].MatMul(inputs[1].Permute(axes));
            default:
                return null;
        }
    }
}
