namespace RfDetr;

/// <summary>
/// For each target position of one axis: which source positions it blends and with what weights. The two rules
/// differ only here. Entries repeat the last position up to a multiple of four, for kernels that take four at once.
/// </summary>
internal sealed class AxisTaps
{
    private const int Group = 4;

    private AxisTaps(int source, int target, int taps)
    {
        Source = source;
        Target = target;
        Taps = taps;
        int padded = (target + Group - 1) / Group * Group;
        Start = new int[padded];
        Weights = new float[checked(padded * taps)];
    }

    public int Source { get; }

    public int Target { get; }

    /// <summary>Weights per target position; unused ones at the end are 0.</summary>
    public int Taps { get; }

    /// <summary>First source position of each target position; below <see cref="Source"/>.</summary>
    public int[] Start { get; }

    /// <summary><see cref="Taps"/> weights for each target position.</summary>
    public float[] Weights { get; }

    public static AxisTaps Create(int source, int target, ResizeRule rule)
    {
        AxisTaps axis = rule == ResizeRule.Bilinear ? TwoTaps(source, target) : Triangle(source, target);
        for (int i = target; i < axis.Start.Length; i++)
        {
            axis.Start[i] = axis.Start[target - 1];
            axis.Weights.AsSpan((target - 1) * axis.Taps, axis.Taps).CopyTo(axis.Weights.AsSpan(i * axis.Taps));
        }

        return axis;
    }

    /// <summary>
    /// Source position at or before that of the center of target <paramref name="index"/>, and the weight of the one after it.
    /// </summary>
    /// <remarks>
    /// PyTorch, aten/src/ATen/native/UpSample.h, area_pixel_compute_source_index, clamped at 0. The ratio is a float; the
    /// position is not rounded to one: fitted to PyTorch's results, the fractions of an ulp are there.
    /// </remarks>
    public static (int Lower, float UpperWeight) HalfPixel(int source, int target, int index)
    {
        double position = Math.Max((float)source / target * (index + 0.5) - 0.5, 0);
        int lower = Math.Min((int)position, source - 1);
        return (lower, (float)Math.Min(position - lower, 1));
    }

    private static AxisTaps TwoTaps(int source, int target)
    {
        var axis = new AxisTaps(source, target, 2);
        for (int i = 0; i < target; i++)
        {
            (int start, float upper) = HalfPixel(source, target, i);
            float second = start < source - 1 ? upper : 0f;
            axis.Start[i] = start;
            axis.Weights[2 * i] = 1f - second;
            axis.Weights[2 * i + 1] = second;
        }

        return axis;
    }

    // PyTorch, aten/src/ATen/native/cpu/UpSampleKernel.cpp, _compute_weights_aa: center in double, weights in float.
    private static AxisTaps Triangle(int source, int target)
    {
        float scale = (float)source / target;
        float support = Math.Max(scale, 1f);
        float inverse = 1f / support;
        var axis = new AxisTaps(source, target, 2 * (int)MathF.Ceiling(support) + 1);
        for (int i = 0; i < target; i++)
        {
            float center = (float)(scale * (i + 0.5));
            int start = Math.Clamp((int)(center - support + 0.5), 0, source - 1);
            int count = Math.Clamp((int)(center + support + 0.5), start + 1, source) - start;
            Span<float> weights = axis.Weights.AsSpan(i * axis.Taps, Math.Min(count, axis.Taps));
            float sum = 0;
            for (int j = 0; j < weights.Length; j++)
            {
                weights[j] = Math.Max(1f - MathF.Abs((float)((j + start - center + 0.5) * inverse)), 0f);
                sum += weights[j];
            }

            for (int j = 0; j < weights.Length; j++)
                weights[j] /= sum;
            axis.Start[i] = start;
        }

        return axis;
    }
}
