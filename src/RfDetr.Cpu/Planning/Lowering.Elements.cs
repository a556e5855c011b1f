using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <content>Everything that is not a product.</content>
internal sealed partial class Lowering
{
    private static UnaryFunction FunctionOf(UnaryKind kind) => kind switch
    {
        UnaryKind.Neg => UnaryFunction.Neg,
        UnaryKind.Exp => UnaryFunction.Exp,
        UnaryKind.Sqrt => UnaryFunction.Sqrt,
        UnaryKind.Reciprocal => UnaryFunction.Reciprocal,
        UnaryKind.Sin => UnaryFunction.Sin,
        UnaryKind.Cos => UnaryFunction.Cos,
        UnaryKind.Sigmoid => UnaryFunction.Sigmoid,
        UnaryKind.Relu => UnaryFunction.Relu,
        UnaryKind.Erf => UnaryFunction.Erf,
        _ => throw new NotSupportedException($"the CPU engine has no kernel for {kind}"),
    };

    private View LowerMap(Node node, UnaryFunction function)
    {
        View x = WithStrides(node.Inputs[0]), y = NewFor(node);
        Emit(
            new MapStep(
                _kernels, function, new LoopNest(y.Sizes, [x.Strides!, y.Strides!], _threads), Operand.Of(x), Operand.Of(y)),
            x, y);
        return y;
    }

    private View LowerCombine(Node node, BinaryKind kind)
    {
        int[] sizes = SizesOf(node);
        View a = WithStrides(node.Inputs[0]).Broadcast(sizes)!, b = WithStrides(node.Inputs[1]).Broadcast(sizes)!,
        y = NewFor(node);
        if (node.Type.DType != DType.Float32)
            throw new NotSupportedException($"the CPU engine computes {kind} of float32 values only");
        Emit(
            new CombineStep(
                _kernels, kind, new LoopNest(sizes, [a.Strides!, b.Strides!, y.Strides!], _threads), Operand.Of(a), Operand.Of(b),
                Operand.Of(y)),
            a, b, y);
        return y;
    }

    private View LowerNorm(Node node, LayerNorm norm)
    {
        View x = WithWholeRows(node.Inputs[0]), y = Place(node);
        var rows = GatheredRows.Of(_kernels, x, NormOf(node, UnaryFunction.Same));
        _ = norm;
        Emit(new NormStep(rows, y.Count / y.Width, y.Width, Operand.Of(y), y.RowStep()!.Value), x, y);
        return y;
    }

    private View LowerSoftmax(Node node)
    {
        View x = Dense(node.Inputs[0]), y = NewFor(node);
        Emit(new SoftmaxStep(_kernels, x.Count / x.Width, x.Width, Operand.Of(x), Operand.Of(y)), x, y);
        return y;
    }

    private View LowerReduce(Node node, Reduce reduce)
    {
        View x = Dense(node.Inputs[0]), y = NewFor(node);
        int axis = node.Inputs[0].Shape.Axis(reduce.Axis);
        int outer = View.Product(x.Sizes.AsSpan(0, axis)), inner = View.Product(x.Sizes.AsSpan(axis + 1));
        Emit(new ReduceStep(_kernels, reduce.Kind, outer, x.Sizes[axis], inner, Operand.Of(x), Operand.Of(y)), x, y);
        return y;
    }

    private View LowerTopK(Node node, TopKIndices top)
    {
        View x = Dense(node.Inputs[0]), y = NewFor(node);
        Emit(new TopKStep(x.Count / x.Width, x.Width, top.K, Operand.Of(x), Operand.Of(y)), x, y);
        return y;
    }

    private View LowerTake(Node node)
    {
        View table = Dense(node.Inputs[0]), at = Dense(node.Inputs[1]), y = NewFor(node);
        int rowBytes = View.Product(table.Sizes.AsSpan(1)) * table.ItemBytes;
        Emit(
            new TakeStep(
                1, at.Count, table.Sizes[0], rowBytes, table.ItemBytes, Operand.Of(table), Operand.Of(at), Operand.Of(y)),
            table, at, y);
        return y;
    }

    private View LowerGather(Node node)
    {
        View table = Dense(node.Inputs[0]), at = Dense(node.Inputs[1]), y = NewFor(node);
        Emit(
            new TakeStep(
                table.Sizes[0], at.Sizes[1], table.Sizes[1], table.Sizes[2] * table.ItemBytes, table.ItemBytes, Operand.Of(table),
                Operand.Of(at), Operand.Of(y)),
            table, at, y);
        return y;
    }

    private View LowerResample(Node node, Func<int, int, ResampleTaps> taps)
    {
        View x = Dense(node.Inputs[0]), y = NewFor(node);
        ResampleTaps down = taps(y.Sizes[1], x.Sizes[1]), along = taps(y.Sizes[2], x.Sizes[2]);
        Emit(
            new ResampleStep(_kernels, x.Sizes[0], x.Sizes[1], x.Sizes[2], x.Sizes[3], down, along, Operand.Of(x), Operand.Of(y)),
            x, y);
        return y;
    }

    private View LowerDeformable(Node node, DeformableSampling sampling)
    {
        View values = RowsAtEqualSteps(node.Inputs[0]), places = Dense(node.Inputs[1]), weights = Dense(node.Inputs[2]),
        y = NewFor(node);
        var step = new DeformableStep(
            _kernels, y.Sizes[0], y.Sizes[1], sampling.Heads, sampling.Points, y.Sizes[2], [.. sampling.LevelSizes],
            values.RowStep()!.Value,
            Operand.Of(values), Operand.Of(places), Operand.Of(weights), Operand.Of(y));
        Emit(step, values, places, weights, y);
        return y;
    }

    private View LowerGridSample(Node node)
    {
        View x = Dense(node.Inputs[0]), grid = Dense(node.Inputs[1]), y = NewFor(node);
        Emit(
            new GridSampleStep(
                x.Sizes[0], x.Sizes[1], x.Sizes[2], x.Sizes[3], y.Sizes[2] * y.Sizes[3], Operand.Of(x), Operand.Of(grid),
                Operand.Of(y)),
            x, grid, y);
        return y;
    }
}
