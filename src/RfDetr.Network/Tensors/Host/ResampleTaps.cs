namespace RfDetr.Tensors;

/// <summary>
/// The entries of an axis that each entry of a resized one is mixed from: the first one, and the weights from there on.
/// </summary>
/// <remarks>
/// Positions are rounded to float32, as PyTorch does for tensors of floats; for pixels and masks see <c>RfDetr.AxisTaps</c>.
/// </remarks>
internal sealed record ResampleTaps(int[] Starts, float[][] Weights)
{
    /// <summary>Two neighbors, half-pixel centers, edges repeated.</summary>
    public static ResampleTaps Bilinear(int to, int from) => Make(to, (float)from / to, (i, scale) =>
    {
        float at = MathF.Max((i + 0.5f) * scale - 0.5f, 0);
        int low = Math.Min((int)at, from - 1);
        return low + 1 < from ? (low, [1 - (at - low), at - low]) : (low, [1f]);
    });

    /// <summary>Keys' cubic kernel, widened by the factor of a reduction (PyTorch's antialiased bicubic).</summary>
    public static ResampleTaps Bicubic(int to, int from) => Make(to, (float)from / to, (i, scale) =>
    {
        float stretch = MathF.Max(scale, 1), center = scale * (i + 0.5f), support = 2 * stretch;
        int start = Math.Max((int)(center - support + 0.5f), 0), end = Math.Min((int)(center + support + 0.5f), from);
        var weights = new float[end - start];
        float sum = 0;
        for (int k = 0; k < weights.Length; k++)
            sum += weights[k] = Keys((start + k - center + 0.5f) / stretch);
        return (start, Array.ConvertAll(weights, w => w / sum));
    });

    private static ResampleTaps Make(int to, float scale, Func<int, float, (int Start, float[] Weights)> rule)
    {
        (int Start, float[] Weights)[] taps = [.. Enumerable.Range(0, to).Select(i => rule(i, scale))];
        return new([.. taps.Select(t => t.Start)], [.. taps.Select(t => t.Weights)]);
    }

    // a = −0.5, as antialiased resizing uses it (a = −0.75 without antialias).
    private static float Keys(float x)
    {
        const float a = -0.5f;
        x = MathF.Abs(x);
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
