using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>Each operation by its definition, in double precision, one element at a time.</summary>
internal static class Oracle
{
    /// <summary>
    /// The expected result; its shape is the operation's own inference, which the cases check by hand where it is not obvious.
    /// </summary>
    public static Grid Compute(Op op, int[] shape, params Grid[] x) => op switch
    {
        Unary unary => x[0].Map(v => Function(unary.Kind, v)),
        Gelu => x[0].Map(ExactGelu),
        Silu => x[0].Map(v => v / (1 + Math.Exp(-v))),
        Binary binary => new(shape, i => Function(binary.Kind, x[0].Stretched(i), x[1].Stretched(i))),
        MatMul product => Multiply(product, shape, x[0], x[1]),
        Linear => Product(shape, x[0], x[1], x.Length == 3 ? x[2] : null),
        FusedLinear fused => Fused(fused, shape, x),
        LayerNorm norm => Norm(norm, shape, x[0], x[1], x[2]),
        Softmax => Shares(x[0]),
        Reduce reduce => Fold(reduce, shape, x[0]),
        TopKIndices => TopK(shape, x[0]),
        Attention attention => Attend(attention, shape, x[0], x[1], x[2]),
        Conv2d or ResizeBilinear or ResizeBicubicAntialias or GridSample or UpsampleConv2x2 or DeformableSampling =>
            SpatialOracle.Compute(op, shape, x),
        _ => Move(op, shape, x),
    };

    public static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

    private static Grid Move(Op op, int[] shape, Grid[] x) => op switch
    {
        Reshape => Row(shape, x[0]),
        BroadcastTo => new(shape, i => x[0].Stretched(i)),
        Slice slice => new(shape, i => x[0][[.. i[..slice.Axis], i[slice.Axis] + slice.Start, .. i[(slice.Axis + 1)..]]]),
        Permute permute =>
            new(shape, i => x[0][[.. Enumerable.Range(0, i.Length).Select(axis => i[permute.Axes.ToList().IndexOf(axis)])]]),
        Take => new(shape, i => x[0][[(int)x[1][i[..x[1].Shape.Length]], .. i[x[1].Shape.Length..]]]),
        GatherRows => new(shape, i => x[0][i[0], (int)x[1][i[0], i[1]], i[2]]),
        Concat concat => new(shape, i => Joined(concat.Axis, i, x)),
        _ => throw new InvalidOperationException($"the oracle does not know {op}: write its definition here"),
    };

    private static Grid Row(int[] shape, Grid x)
    {
        int at = 0;
        return new(shape, _ => x.At(at++));
    }

    private static double Joined(int axis, int[] index, Grid[] parts)
    {
        int[] own = [.. index];
        foreach (Grid part in parts)
        {
            if (own[axis] < part.Shape[axis])
                return part[own];
            own[axis] -= part.Shape[axis];
        }

        throw new InvalidOperationException("index beyond the last part");
    }

    private static Grid Multiply(MatMul op, int[] shape, Grid a, Grid b)
    {
        int inner = a.Shape[^1];
        return new(shape, i =>
        {
            int[] lead = i[..^2];
            return Sum(
                inner,
                k =>
                    a.Stretched([.. Lead(lead, a), i[^2], k]) * b.Stretched(
                        op.TransposeB ? [.. Lead(lead, b), i[^1], k] : [.. Lead(lead, b), k, i[^1]]));
        });

        static int[] Lead(int[] lead, Grid x) =>
            [.. lead[^(x.Shape.Length - 2)..].Select((v, axis) => x.Shape[axis] == 1 ? 0 : v)];
    }

    private static Grid Product(int[] shape, Grid x, Grid w, Grid? bias) =>
        new(shape, i => Sum(w.Shape[1], k => x[[.. i[..^1], k]] * w[i[^1], k]) + (bias?[i[^1]] ?? 0));

    private static Grid Fused(FusedLinear op, int[] shape, Grid[] x)
    {
        Grid y = Product(shape, x[0], x[1], op.HasBias ? x[2] : null).Map(v => op.Activation switch
        {
            Epilogue.Relu => Math.Max(v, 0),
            Epilogue.Gelu => ExactGelu(v),
            Epilogue.Silu => v / (1 + Math.Exp(-v)),
            _ => v,
        });
        return op.HasResidual ? new(shape, i => y[i] + x[^1][i]) : y;
    }

    private static Grid Norm(LayerNorm op, int[] shape, Grid x, Grid weight, Grid bias) => new(shape, i =>
    {
        double[] row = [.. Enumerable.Range(0, shape[^1]).Select(k => x[[.. i[..^1], k]])];
        double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
        return (x[i] - mean) / Math.Sqrt(variance + op.Epsilon) * weight[i[^1]] + bias[i[^1]];
    });

    private static Grid Shares(Grid x) => new(x.Shape, i =>
    {
        double[] row = [.. Enumerable.Range(0, x.Shape[^1]).Select(k => x[[.. i[..^1], k]])];
        return Math.Exp(x[i] - row.Max()) / row.Sum(v => Math.Exp(v - row.Max()));
    });

    private static Grid Fold(Reduce op, int[] shape, Grid x) => new(shape, i =>
    {
        int[] after = i[(op.Keep ? op.Axis + 1 : op.Axis)..];
        double[] line = [.. Enumerable.Range(0, x.Shape[op.Axis]).Select(k => x[[.. i[..op.Axis], k, .. after]])];
        return op.Kind switch { ReduceKind.Sum => line.Sum(), ReduceKind.Mean => line.Average(), _ => line.Max() };
    });

    // The rank of an element: how many come before it, larger ones or equal ones further left.
    private static Grid TopK(int[] shape, Grid x) => new(shape, i =>
    {
        double[] row = [.. Enumerable.Range(0, x.Shape[^1]).Select(k => x[[.. i[..^1], k]])];
        return Enumerable.Range(0, row.Length).Single(k => Rank(row, k) == i[^1]);
    });

    private static int Rank(double[] row, int at) => row.Where((v, k) => v > row[at] || (v == row[at] && k < at)).Count();

    private static Grid Attend(Attention op, int[] shape, Grid query, Grid key, Grid value)
    {
        int size = shape[2] / op.Heads, keys = key.Shape[1];
        return new(shape, i =>
        {
            int first = i[2] / size * size;
            double[] scores =
            [
                .. Enumerable.Range(0, keys).Select(m =>
                    Sum(size, c => query[i[0], i[1], first + c] * key[i[0], m, first + c]) / Math.Sqrt(size))
            ];
            double total = scores.Sum(Math.Exp);
            return Sum(keys, m => Math.Exp(scores[m]) / total * value[i[0], m, i[2]]);
        });
    }

    private static double Function(UnaryKind kind, double x) => kind switch
    {
        UnaryKind.Neg => -x,
        UnaryKind.Exp => Math.Exp(x),
        UnaryKind.Sqrt => Math.Sqrt(x),
        UnaryKind.Reciprocal => 1 / x,
        UnaryKind.Sin => Math.Sin(x),
        UnaryKind.Cos => Math.Cos(x),
        UnaryKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryKind.Relu => Math.Max(x, 0),
        UnaryKind.Erf => Erf(x),
        _ => throw new InvalidOperationException($"the oracle does not know {kind}"),
    };

    private static double Function(BinaryKind kind, double x, double y) => kind switch
    {
        BinaryKind.Add => x + y,
        BinaryKind.Sub => x - y,
        BinaryKind.Mul => x * y,
        BinaryKind.Div => x / y,
        BinaryKind.Max => Math.Max(x, y),
        BinaryKind.Min => Math.Min(x, y),
        _ => throw new InvalidOperationException($"the oracle does not know {kind}"),
    };

    private static double ExactGelu(double x) => x / 2 * (1 + Erf(x / Math.Sqrt(2)));

    // The integral itself, by Simpson's rule; nothing of the library's series.
    private static double Erf(double x)
    {
        const int Steps = 2000;
        double end = Math.Min(Math.Abs(x), 7), step = end / Steps;
        double sum = Sum(Steps + 1, k => Math.Exp(-(k * step) * (k * step)) * (k is 0 or Steps ? 1 : k % 2 == 1 ? 4 : 2));
        return Math.CopySign(sum * step / 3 * 2 / Math.Sqrt(Math.PI), x);
    }
}
