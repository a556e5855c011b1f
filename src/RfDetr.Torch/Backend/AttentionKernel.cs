namespace RfDetr.Torch;

/// <summary>Multi-head attention of projected queries, keys and values: softmax(q·kᵀ/√size)·v.</summary>
internal static class AttentionKernel
{
    private static readonly AtenOp Fused = new("aten::scaled_dot_product_attention");

    public static TorchTensor Run(TorchTensor query, TorchTensor key, TorchTensor value, int heads)
    {
        // the scores before their softmax are the largest array of a decoder layer, and no gradient needs them
        using var scope = new TorchScope();
        long[] shape = query.Shape;
        long size = shape[2] / heads;
        TorchTensor q = Heads(query), k = Heads(key), v = Heads(value); // [B, heads, N, size]
        TorchTensor mixed = Fused.Exists
            ? Fused.Call(q, k, v)
            : (q * (1 / Math.Sqrt(size))).MatMul(k.Transpose(-1, -2)).Softmax(-1).MatMul(v);
        return scope.Keep(mixed.Transpose(1, 2).Reshape(shape));

        TorchTensor Heads(TorchTensor x) => x.Reshape(x.Size(0), x.Size(1), heads, size).Transpose(1, 2);
    }
}
