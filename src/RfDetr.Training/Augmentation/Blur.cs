using System.Runtime.Intrinsics;

namespace RfDetr.Training;

/// <summary>Gaussian blur, separable; the edge pixels are repeated outwards.</summary>
internal static class Blur
{
    /// <summary>Blurs by a standard deviation in pixels.</summary>
    public static Sample Gaussian(Sample s, double sigma)
    {
        float[] weights = Weights(sigma);
        int radius = weights.Length / 2, row = 3 * s.Width, padded = row + 6 * radius;
        float[] wide = new float[padded], mixed = new float[row];
        byte[] rgb = new byte[s.Rgb.Length];
        for (int y = 0; y < s.Height; y++)
        {
            Span<float> middle = wide.AsSpan(3 * radius, row);
            middle.Clear();
            for (int t = 0; t < weights.Length; t++)
                AddBytes(s.Rgb.AsSpan(Math.Clamp(y + t - radius, 0, s.Height - 1) * row, row), weights[t], middle);
            for (int x = 0; x < 3 * radius; x++)
            {
                wide[x] = middle[x % 3];
                wide[3 * radius + row + x] = middle[row - 3 + x % 3];
            }

            Array.Clear(mixed);
            for (int t = 0; t < weights.Length; t++)
                Add(wide.AsSpan(3 * t, row), weights[t], mixed);
            Span<byte> to = rgb.AsSpan(y * row, row);
            for (int x = 0; x < row; x++)
                to[x] = (byte)(mixed[x] + 0.5f);
        }

        return s with { Rgb = rgb };
    }

    private static float[] Weights(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(2.5 * sigma));
        double[] raw = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma)))];
        double sum = raw.Sum() * (1 + 1e-6); // a constant image must not round above 255
        return [.. raw.Select(w => (float)(w / sum))];
    }

    private static void AddBytes(ReadOnlySpan<byte> from, float weight, Span<float> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] += weight * from[i];
    }

    private static void Add(ReadOnlySpan<float> from, float weight, Span<float> to)
    {
        int i = 0;
        for (Vector256<float> w = Vector256.Create(weight); i <= to.Length - 8; i += 8)
            (Vector256.Create<float>(to[i..]) + w * Vector256.Create<float>(from[i..])).CopyTo(to[i..]);
        for (; i < to.Length; i++)
            to[i] += weight * from[i];
    }
}
