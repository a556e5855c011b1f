namespace RfDetr.Tensors;

/// <summary>Operations that only move elements, for either element type.</summary>
internal static class HostLayout
{
    public static T[] Move<T>(
        Op op, HostValue x, T[] source, ReadOnlySpan<Tensor> inputs, Func<HostValue, T[]> read, int[] shape) =>
        op switch
        {
            Reshape => source,
            Permute permute => Permute(source, x.Sizes, permute.Axes, shape),
            BroadcastTo => Walk(source, Strides.Broadcast(x.Sizes, shape), shape),
            Tensors.Slice slice => Slice(source, x.Sizes, slice),
            Concat concat => Concat(inputs, concat.Axis, read, shape),
            Take => Rows(source, Strides.Elements(x.Sizes.AsSpan(1)), ((HostValue)inputs[1]).Indices, _ => 0, x.Sizes[0]),
            Tensors.GatherRows => GatherRows(x, source, (HostValue)inputs[1]),
            _ => throw new NotSupportedException($"the host back end has no kernel for {op.Name}"),
        };

    private static T[] Permute<T>(T[] source, int[] sizes, IntList axes, int[] shape)
    {
        if (axes.SequenceEqual([1, 0]))
            return Transpose(source, sizes[0], sizes[1]);
        int[] strides = Strides.Of(sizes);
        return Walk(source, [.. axes.Select(axis => strides[axis])], shape);
    }

    // In square blocks, so that neither side leaves the cache: every weight of a network passes here when it is exported.
    private static T[] Transpose<T>(T[] source, int rows, int columns)
    {
        const int Block = 32;
        var result = new T[source.Length];
        _ = Parallel.For(0, (columns + Block - 1) / Block, block =>
        {
            int from = block * Block, to = Math.Min(from + Block, columns);
            for (int top = 0; top < rows; top += Block)
            {
                int bottom = Math.Min(top + Block, rows);
                for (int column = from; column < to; column++)
                {
                    for (int row = top; row < bottom; row++)
                        result[column * rows + row] = source[row * columns + column];
                }
            }
        });
        return result;
    }

    private static T[] Walk<T>(T[] source, int[] strides, int[] shape)
    {
        var result = new T[Strides.Elements(shape)];
        if (shape.Length == 0)
        {
            result[0] = source[0];
            return result;
        }

        // Row by row of the result: its last axis walks through the source in equal steps.
        (int run, int step) = (shape[^1], strides[^1]);
        Span<int> index = new int[shape.Length - 1];
        for (int start = 0, at = 0; start < result.Length; start += run)
        {
            Span<T> row = result.AsSpan(start, run);
            if (step == 1)
            {
                source.AsSpan(at, run).CopyTo(row);
            }
            else
            {
                for (int i = 0, from = at; i < row.Length; i++, from += step)
                    row[i] = source[from];
            }

            Strides.Next(index, shape.AsSpan(0, shape.Length - 1), strides, ref at);
        }

        return result;
    }

    private static T[] Slice<T>(T[] source, int[] sizes, Slice op)
    {
        int inner = Strides.Elements(sizes.AsSpan(op.Axis + 1)), outer = Strides.Elements(sizes.AsSpan(0, op.Axis));
        var result = new T[outer * op.Length * inner];
        for (int o = 0; o < outer; o++)
            Array.Copy(source, (o * sizes[op.Axis] + op.Start) * inner, result, o * op.Length * inner, op.Length * inner);
        return result;
    }

    private static T[] Concat<T>(ReadOnlySpan<Tensor> inputs, int axis, Func<HostValue, T[]> read, int[] shape)
    {
        int inner = Strides.Elements(shape.AsSpan(axis + 1)), outer = Strides.Elements(shape.AsSpan(0, axis));
        var result = new T[Strides.Elements(shape)];
        int start = 0;
        foreach (Tensor tensor in inputs)
        {
            var part = (HostValue)tensor;
            int length = part.Sizes[axis] * inner;
            for (int o = 0; o < outer; o++)
                Array.Copy(read(part), o * length, result, o * shape[axis] * inner + start, length);
            start += length;
        }

        return result;
    }

    private static T[] GatherRows<T>(HostValue x, T[] source, HostValue indices)
    {
        (int rows, int perBatch) = (x.Sizes[1], indices.Sizes[1]);
        return Rows(source, x.Sizes[2], indices.Indices, i => i / perBatch * rows, rows);
    }

    private static T[] Rows<T>(T[] source, int width, long[] indices, Func<int, int> firstRow, int rows)
    {
        var result = new T[indices.Length * width];
        for (int i = 0; i < indices.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)rows)
                throw new ShapeException($"row index {indices[i]} lies outside 0..{rows - 1}");
            Array.Copy(source, (firstRow(i) + (int)indices[i]) * width, result, i * width, width);
        }

        return result;
    }
}
