namespace RfDetr.Tensors;

/// <summary>Sums, maxima, softmax, top-k.</summary>
internal static class HostReductions
{
    public static float[] Softmax(HostValue x)
    {
        int n = x.Sizes[^1];
        float[] source = x.Floats, result = new float[source.Length];
        for (int row = 0; row < source.Length; row += n)
        {
            float max = float.NegativeInfinity;
            for (int i = 0; i < n; i++)
                max = MathF.Max(max, source[row + i]);
            double sum = 0;
            for (int i = 0; i < n; i++)
                sum += result[row + i] = MathF.Exp(source[row + i] - max);
            for (int i = 0; i < n; i++)
                result[row + i] = (float)(result[row + i] / sum);
        }

        return result;
    }

    public static float[] Reduce(HostValue x, ReduceKind kind, int axis)
    {
        int size = x.Sizes[axis], inner = Strides.Elements(x.Sizes.AsSpan(axis + 1)),
        outer = Strides.Elements(x.Sizes.AsSpan(0, axis));
        float[] source = x.Floats, result = new float[outer * inner];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                double sum = 0;
                float max = float.NegativeInfinity;
                for (int at = 0; at < size; at++)
                {
                    float value = source[(o * size + at) * inner + i];
                    sum += value;
                    max = MathF.Max(max, value);
                }

                result[o * inner + i] =
                    kind switch { ReduceKind.Max => max, ReduceKind.Mean => (float)(sum / size), _ => (float)sum };
            }
        }

        return result;
    }

    public static long[] TopK(HostValue x, int k)
    {
        int n = x.Sizes[^1];
        float[] source = x.Floats;
        var result = new long[n == 0 ? 0 : source.Length / n * k];
        for (int row = 0; n > 0 && row < source.Length / n; row++)
        {
            // A stable sort: of equal values the lower index comes first.
            long[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => source[row * n + i]).Take(k).Select(i => (long)i)];
            order.CopyTo(result, row * k);
        }

        return result;
    }
}
