using System.Numerics;

namespace RfDetr.Tensors;

/// <summary>Matrix products and convolutions.</summary>
internal static class HostProducts
{
    public static float[] MatMul(HostValue a, HostValue b, bool transposeB, int[] shape)
    {
        int m = shape[^2], n = shape[^1], k = a.Sizes[^1];
        int[] lead = shape[..^2];
        int batches = Strides.Elements(lead);
        int[] stepsA = Strides.Broadcast(a.Sizes[..^2], lead), stepsB = Strides.Broadcast(b.Sizes[..^2], lead);
        float[] x = a.Floats, y = b.Floats, result = new float[batches * m * n];
        Span<int> indexA = new int[lead.Length], indexB = new int[lead.Length];
        var packed = new float[n * k];
        for (int batch = 0, atA = 0, atB = 0, last = -1; batch < batches; batch++)
        {
            if (atB != last)
            {
                PackRows(y.AsSpan(atB * k * n, k * n), packed, k, n, transposeB);
                last = atB;
            }

            (int fromA, int to) = (atA * m * k, batch * m * n);
            _ = Parallel.For(0, m, row => Row(x.AsSpan(fromA + row * k, k), packed, result.AsSpan(to + row * n, n)));
            Strides.Next(indexA, lead, stepsA, ref atA);
            Strides.Next(indexB, lead, stepsB, ref atB);
        }

        return result;
    }

    public static float[] Conv2d(HostValue x, HostValue w, HostValue? bias, Conv2d op, int[] shape)
    {
        (int height, int width, int channels) = (x.Sizes[1], x.Sizes[2], x.Sizes[3]);
        (int outputs, int perGroup, int kh, int kw) = (w.Sizes[0], w.Sizes[1], w.Sizes[2], w.Sizes[3]);
        (int rows, int columns, int outsPerGroup) = (shape[1], shape[2], outputs / op.Groups);
        float[] result = new float[Strides.Elements(shape)], source = x.Floats, weights = w.Floats;
        _ = Parallel.For(0, shape[0] * rows, line =>
        {
            (int batch, int row) = (line / rows, line % rows);
            for (int column = 0; column < columns; column++)
            {
                for (int o = 0; o < outputs; o++)
                {
                    double sum = bias is null ? 0 : bias.Floats[o];
                    int firstChannel = o / outsPerGroup * perGroup;
                    for (int i = 0; i < kh; i++)
                    {
                        int y = row * op.Stride + i - op.Padding;
                        if ((uint)y >= (uint)height)
                            continue;
                        for (int j = 0; j < kw; j++)
                        {
                            int at = column * op.Stride + j - op.Padding;
                            if ((uint)at >= (uint)width)
                                continue;
                            int pixel = ((batch * height + y) * width + at) * channels + firstChannel;
                            for (int c = 0; c < perGroup; c++)
                                sum += source[pixel + c] * weights[((o * perGroup + c) * kh + i) * kw + j];
                        }
                    }

                    result[(line * columns + column) * outputs + o] = (float)sum;
                }
            }
        });
        return result;
    }

    // Rows of n values for each k, so that the inner loop runs along the result.
    private static void PackRows(ReadOnlySpan<float> b, Span<float> packed, int k, int n, bool transposed)
    {
        if (!transposed)
        {
            b.CopyTo(packed);
            return;
        }

        for (int j = 0; j < n; j++)
        {
            for (int i = 0; i < k; i++)
                packed[i * n + j] = b[j * k + i];
        }
    }

    private static void Row(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result)
    {
        int n = result.Length, step = Vector<float>.Count;
        for (int i = 0; i < a.Length; i++)
        {
            ReadOnlySpan<float> line = b.Slice(i * n, n);
            float factor = a[i];
            int j = 0;
            for (; j <= n - step; j += step)
                (new Vector<float>(result[j..]) + new Vector<float>(line[j..]) * factor).CopyTo(result[j..]);
            for (; j < n; j++)
                result[j] += line[j] * factor;
        }
    }
}
