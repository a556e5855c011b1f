using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>The entries of an axis that each entry of a resized one is mixed from, and their weights.</summary>
internal sealed record AxisTaps(int[] Starts, float[][] Weights)
{
    /// <summary>Two neighbors, half-pixel centers, edges repeated.</summary>
    public static AxisTaps Bilinear(int to, int from) => Make(to, (float)from / to, (i, scale) =>
    {
        float at = MathF.Max((i + 0.5f) * scale - 0.5f, 0);
        int low = Math.Min((int)at, from - 1);
        return low + 1 < from ? (low, [1 - (at - low), at - low]) : (low, [1f]);
    });

    /// <summary>Keys' cubic kernel with a = −0.5, widened by the factor of a reduction (PyTorch's antialiased bicubic).</summary>
    public static AxisTaps Bicubic(int to, int from) => Make(to, (float)from / to, (i, scale) =>
    {
        float stretch = MathF.Max(scale, 1), center = scale * (i + 0.5f), support = 2 * stretch;
        int start = Math.Max((int)(center - support + 0.5f), 0), end = Math.Min((int)(center + support + 0.5f), from);
        float[] weights = [.. Enumerable.Range(start, end - start).Select(x => Keys((x - center + 0.5f) / stretch))];
        float sum = weights.Sum();
        return (start, Array.ConvertAll(weights, w => w / sum));
    });

    private static AxisTaps Make(int to, float scale, Func<int, float, (int Start, float[] Weights)> rule)
    {
        (int Start, float[] Weights)[] taps = [.. Enumerable.Range(0, to).Select(i => rule(i, scale))];
        return new([.. taps.Select(t => t.Start)], [.. taps.Select(t => t.Weights)]);
    }

    private static float Keys(float x)
    {
        const float a = -0.5f;
        x = MathF.Abs(x);
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}

/// <summary>Resizes dense maps [B, h, w, C], one row of the result after another: first down the rows, then along.</summary>
internal sealed unsafe class ResampleStep(
    KernelSet kernels, int batch, int height, int width, int channels, AxisTaps down, AxisTaps along, Operand x, Operand y)
    : Step("resize")
{
    public override int Tasks => batch * down.Starts.Length;

    public override int ScratchBytes => width * channels * sizeof(float);

    public override void Execute(int task, in TaskContext context)
    {
        int rows = down.Starts.Length, image = task / rows, row = task % rows, line = width * channels;
        float* mixed = (float*)context.Scratch, from = x.At(context) + ((nint)image * height + down.Starts[row]) * line;
        Mix(from, line, down.Weights[row], mixed, line);
        float* to = y.At(context) + (nint)task * along.Starts.Length * channels;
        for (int column = 0; column < along.Starts.Length; column++, to += channels)
            Mix(mixed + along.Starts[column] * channels, channels, along.Weights[column], to, channels);
    }

    private void Mix(float* from, int step, float[] weights, float* to, int length)
    {
        float first = weights[0];
        kernels.Combine(BinaryKind.Mul, from, 1, &first, 0, to, length);
        for (int i = 1; i < weights.Length; i++)
            kernels.AddScaled(from + (nint)i * step, weights[i], to, length);
    }
}
