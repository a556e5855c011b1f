using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>ONNX multiplies by [in, out]: turns the checkpoints' [out, in] at export, once, and any other transposed factor by a permutation.</summary>
internal sealed class TransposedWeights : GraphPass
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
