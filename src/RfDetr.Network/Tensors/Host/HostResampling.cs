namespace RfDetr.Tensors;

/// <summary>Resizing and sampling.</summary>
internal static class HostResampling
{
    public static float[] Bilinear(HostValue x, int[] shape) => Separable(x, shape, (to, from) => Taps(to, from, TwoTaps));

    public static float[] BicubicAntialias(HostValue x, int[] shape) =>
        Separable(x, shape, (to, from) => Taps(to, from, CubicTaps));

    public static float[] GridSample(HostValue x, HostValue grid, int[] shape)
    {
        (int channels, int height, int width, int points) = (shape[1], x.Sizes[2], x.Sizes[3], shape[2] * shape[3]);
        float[] source = x.Floats, at = grid.Floats, result = new float[Strides.Elements(shape)];
        for (int batch = 0; batch < shape[0]; batch++)
        {
            for (int point = 0; point < points; point++)
            {
                int g = (batch * points + point) * 2;
                float px = ((at[g] + 1) * width - 1) / 2, py = ((at[g + 1] + 1) * height - 1) / 2;
                int left = (int)MathF.Floor(px), top = (int)MathF.Floor(py);
                float fx = px - left, fy = py - top;
                for (int c = 0; c < channels; c++)
                {
                    int plane = (batch * channels + c) * height;
                    result[(batch * channels + c) * points + point] =
                        Pixel(plane, top, left) * (1 - fx) * (1 - fy) + Pixel(plane, top, left + 1) * fx * (1 - fy)
                        + Pixel(plane, top + 1, left) * (1 - fx) * fy + Pixel(plane, top + 1, left + 1) * fx * fy;
                }
            }
        }

        return result;

        float Pixel(int plane, int y, int column) =>
            (uint)y < (uint)height && (uint)column < (uint)width ? source[(plane + y) * width + column] : 0;
    }

    private static float[] Separable(HostValue x, int[] shape, Func<int, int, (int Start, float[] Weights)[]> taps)
    {
        (int batch, int height, int width, int channels) = (x.Sizes[0], x.Sizes[1], x.Sizes[2], x.Sizes[3]);
        float[] source = x.Floats;
        var across = new float[batch * height * shape[2] * channels];
        Blend(source, across, batch * height, width, channels, taps(shape[2], width));
        var result = new float[Strides.Elements(shape)];
        Blend(across, result, batch, height, shape[2] * channels, taps(shape[1], height));
        return result;
    }

    // One axis of [outer, size, inner] replaced by weighted sums along it.
    private static void Blend(float[] source, float[] result, int outer, int size, int inner, (int Start, float[] Weights)[] taps)
    {
        for (int o = 0; o < outer; o++)
        {
            for (int to = 0; to < taps.Length; to++)
            {
                Span<float> line = result.AsSpan((o * taps.Length + to) * inner, inner);
                for (int k = 0; k < taps[to].Weights.Length; k++)
                {
                    ReadOnlySpan<float> from = source.AsSpan((o * size + taps[to].Start + k) * inner, inner);
                    float weight = taps[to].Weights[k];
                    for (int i = 0; i < inner; i++)
                        line[i] += from[i] * weight;
                }
            }
        }
    }

    private static (int Start, float[] Weights)[] Taps(int to, int from, Func<int, float, int, (int, float[])> rule)
    {
        float scale = (float)from / to;
        return [.. Enumerable.Range(0, to).Select(i => rule(i, scale, from))];
    }

    private static (int Start, float[] Weights) TwoTaps(int index, float scale, int size)
    {
        float at = MathF.Max((index + 0.5f) * scale - 0.5f, 0);
        int low = Math.Min((int)at, size - 1);
        float fraction = at - low;
        return low + 1 < size ? (low, [1 - fraction, fraction]) : (low, [1]);
    }

    private static (int Start, float[] Weights) CubicTaps(int index, float scale, int size)
    {
        float stretch = MathF.Max(scale, 1), center = scale * (index + 0.5f), support = 2 * stretch;
        int start = Math.Max((int)(center - support + 0.5f), 0), end = Math.Min((int)(center + support + 0.5f), size);
        var weights = new float[end - start];
        float sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] = Cubic((start + i - center + 0.5f) / stretch);
        return (start, Array.ConvertAll(weights, w => w / sum));
    }

    // Keys' kernel with a = −0.5, as antialiased resizing uses it (a = −0.75 without antialias).
    private static float Cubic(float x)
    {
        const float a = -0.5f;
        x = MathF.Abs(x);
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
