namespace RfDetr.Tensors;

/// <summary>Resizing and sampling.</summary>
internal static class HostResampling
{
    public static float[] Bilinear(HostValue x, int[] shape) => Separable(x, shape, ResampleTaps.Bilinear);

    public static float[] BicubicAntialias(HostValue x, int[] shape) => Separable(x, shape, ResampleTaps.Bicubic);

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

    private static float[] Separable(HostValue x, int[] shape, Func<int, int, ResampleTaps> taps)
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
    private static void Blend(float[] source, float[] result, int outer, int size, int inner, ResampleTaps taps)
    {
        int count = taps.Starts.Length;
        for (int o = 0; o < outer; o++)
        {
            for (int to = 0; to < count; to++)
            {
                Span<float> line = result.AsSpan((o * count + to) * inner, inner);
                for (int k = 0; k < taps.Weights[to].Length; k++)
                {
                    ReadOnlySpan<float> from = source.AsSpan((o * size + taps.Starts[to] + k) * inner, inner);
                    float weight = taps.Weights[to][k];
                    for (int i = 0; i < inner; i++)
                        line[i] += from[i] * weight;
                }
            }
        }
    }
}
