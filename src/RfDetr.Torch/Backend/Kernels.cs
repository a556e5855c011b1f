using RfDetr.Tensors;

namespace RfDetr.Torch;

/// <summary>
/// Each operation as libtorch's operators. Values are channels last where libtorch's operators are channels first: views, not
/// copies.
/// </summary>
internal static class Kernels
{
    private static readonly AtenOp LayerNormOp = new("aten::layer_norm"), GeluOp = new("aten::gelu"), SiluOp = new("aten::silu"),
        Bilinear = new("aten::upsample_bilinear2d"), BicubicAntialias = new("aten::_upsample_bicubic2d_aa");

    public static TorchTensor Run(Op op, ReadOnlySpan<Tensor> inputs, TensorType result)
    {
        switch (op)
        {
            case Binary binary: return BinaryOf(binary.Kind, (TorchValue)inputs[0], (TorchValue)inputs[1]);
            case Concat concat: return TorchTensor.Cat(All(inputs), concat.Axis);
        }

        TorchTensor x = At(inputs, 0);
        return op switch
        {
            Unary unary => UnaryOf(unary.Kind, x),
            Reshape => x.Reshape(Sizes(result.Shape)),
            Permute permute => x.Permute([.. permute.Axes.Select(axis => (long)axis)]),
            Slice slice => x.Narrow(slice.Axis, slice.Start, slice.Length),
            BroadcastTo => x.Expand(Sizes(result.Shape)),
            Linear => x.Linear(At(inputs, 1), inputs.Length == 3 ? At(inputs, 2) : null),
            MatMul product => x.MatMul(product.TransposeB ? At(inputs, 1).Transpose(-1, -2) : At(inputs, 1)),
            Attention attention => AttentionKernel.Run(x, At(inputs, 1), At(inputs, 2), attention.Heads),
            DeformableSampling sampling => DeformableKernel.Run(x, At(inputs, 1), At(inputs, 2), sampling),
            Conv2d conv => ConvolutionKernel.Run(x, At(inputs, 1), inputs.Length == 3 ? At(inputs, 2) : null, conv),
            LayerNorm norm => LayerNormOf(x, At(inputs, 1), At(inputs, 2), norm.Epsilon),
            Gelu => GeluOp.Call(x),
            Silu => SiluOp.Call(x),
            Softmax => x.Softmax(-1),
            Reduce reduce => ReduceOf(reduce, x),
            TopKIndices top => x.Detach().ArgSort(-1, descending: true).Narrow(-1, 0, top.K),
            Take => x.IndexSelect(0, At(inputs, 1).Flatten()).Reshape(Sizes(result.Shape)),
            GatherRows => GatherRowsOf(x, At(inputs, 1)),
            ResizeBilinear to => ChannelsFirst(x, map => Bilinear.Call(map, new long[] { to.Height, to.Width }, false)),
            ResizeBicubicAntialias to =>
                ChannelsFirst(x, map => BicubicAntialias.Call(map, new long[] { to.Height, to.Width }, false)),
            GridSample => x.GridSample(At(inputs, 1)),
            _ => throw new NotSupportedException($"libtorch back end: no kernel for the operation {op.Name}"),
        };
    }

    public static long[] Sizes(Shape shape)
    {
        var sizes = new long[shape.Rank];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = shape[i].Size;
        return sizes;
    }

    // Mixed precision: the sums stay in the parameters' precision, as torch's autocast does on GPUs (its rules for the CPU leave
    // this out).
    private static TorchTensor LayerNormOf(TorchTensor x, TorchTensor weight, TorchTensor bias, float epsilon)
    {
        ScalarType type = weight.ScalarType;
        TorchTensor full = x.ScalarType == type ? x : x.To(type);
        return LayerNormOp.Call(full, new[] { x.Size(-1) }, weight, bias, (double)epsilon);
    }

    private static TorchTensor At(ReadOnlySpan<Tensor> inputs, int index) => ((TorchValue)inputs[index]).Tensor;

    private static TorchTensor[] All(ReadOnlySpan<Tensor> inputs)
    {
        var tensors = new TorchTensor[inputs.Length];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = At(inputs, i);
        return tensors;
    }

    private static TorchTensor UnaryOf(UnaryKind kind, TorchTensor x) => kind switch
    {
        UnaryKind.Neg => -x,
        UnaryKind.Exp => x.Exp(),
        UnaryKind.Sqrt => x.Sqrt(),
        UnaryKind.Reciprocal => x.Reciprocal(),
        UnaryKind.Sin => x.Sin(),
        UnaryKind.Cos => x.Cos(),
        UnaryKind.Sigmoid => x.Sigmoid(),
        UnaryKind.Relu => x.Relu(),
        UnaryKind.Erf => x.Erf(),
        _ => throw new NotSupportedException($"libtorch back end: no kernel for {kind}"),
    };

    // A number on the right goes to the operator as a number; elsewhere it becomes a tensor.
    private static TorchTensor BinaryOf(BinaryKind kind, TorchValue a, TorchValue b)
    {
        TorchTensor x = a.Tensor;
        return (kind, b.Number) switch
        {
            (BinaryKind.Add, { } number) => x + number,
            (BinaryKind.Sub, { } number) => x - number,
            (BinaryKind.Mul, { } number) => x * number,
            (BinaryKind.Div, { } number) => x / number,
            (BinaryKind.Add, _) => x + b.Tensor,
            (BinaryKind.Sub, _) => x - b.Tensor,
            (BinaryKind.Mul, _) => x * b.Tensor,
            (BinaryKind.Div, _) => x / b.Tensor,
            (BinaryKind.Max, _) => x.Maximum(b.Tensor),
            (BinaryKind.Min, _) => x.Minimum(b.Tensor),
            _ => throw new NotSupportedException($"libtorch back end: no kernel for {kind}"),
        };
    }

    private static TorchTensor ReduceOf(Reduce reduce, TorchTensor x) => reduce.Kind switch
    {
        ReduceKind.Sum => x.Sum(reduce.Axis, reduce.Keep),
        ReduceKind.Mean => x.Mean(reduce.Axis, reduce.Keep),
        ReduceKind.Max => x.Amax(reduce.Axis, reduce.Keep),
        _ => throw new NotSupportedException($"libtorch back end: no kernel for {reduce.Kind}"),
    };

    // [B, S, D] at [B, K] → [B, K, D].
    private static TorchTensor GatherRowsOf(TorchTensor rows, TorchTensor indices) =>
        rows.Gather(1, indices.Unsqueeze(-1).Expand(-1, -1, rows.Size(-1)));

    private static TorchTensor ChannelsFirst(TorchTensor x, Func<TorchTensor, TorchTensor> run) =>
        run(x.Permute(0, 3, 1, 2)).Permute(0, 2, 3, 1);
}

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

/// <summary>Deformable sampling over libtorch's grid sampler: one call per level, then a weighted sum over the points.</summary>
internal static class DeformableKernel
{
    public static TorchTensor Run(TorchTensor value, TorchTensor locations, TorchTensor weights, DeformableSampling op)
    {
        using var scope = new TorchScope();
        long batch = value.Size(0), queries = locations.Size(1), width = value.Size(2);
        int heads = op.Heads, points = op.Points, levels = op.LevelSizes.Count / 2;
        TorchTensor grid = (locations * 2.0 - 1.0).Transpose(1, 2).Reshape(batch * heads, queries, levels * points, 2);
        TorchTensor planes = value.Transpose(1, 2);                                                          // [B, d, S]
        var sampled = new TorchTensor[levels];
        for (int level = 0, start = 0; level < levels; level++)
        {
            int h = op.LevelSizes[2 * level], v = op.LevelSizes[2 * level + 1];
            TorchTensor plane = planes.Narrow(2, start, h * v).Reshape(batch * heads, width / heads, h, v);
            // [B·heads, d/heads, Q, points]
            sampled[level] = plane.GridSample(grid.Narrow(2, level * points, points));
            start += h * v;
        }

        TorchTensor all = levels == 1 ? sampled[0] : TorchTensor.Cat(sampled, 3);
        TorchTensor mix = weights.Transpose(1, 2).Reshape(batch * heads, 1, queries, levels * points);
        return scope.Keep((all * mix).Sum(3).Reshape(batch, width, queries).Transpose(1, 2));                // [B, Q, d]
    }
}

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
