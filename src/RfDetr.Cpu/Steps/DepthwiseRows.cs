namespace RfDetr.Cpu;

/// <summary>
/// Rows of a depthwise convolution (one kernel per channel, channels side by side), normalized on the way if asked to.
/// </summary>
internal sealed unsafe class DepthwiseRows(
    KernelSet kernels, Operand input, int[] strides, ConvolutionSizes c, Operand taps, Operand bias, NormParameters? norm)
    : RowSource
{
    public override void Fill(int first, int count, float* to, byte* scratch, in TaskContext context)
    {
        float* from = input.At(context), weights = taps.At(context), start = bias.At(context);
        int area = c.Rows * c.Columns;
        for (int row = first; row < first + count; row++, to += c.Channels)
        {
            int batch = row / area, top = row % area / c.Columns * c.Stride - c.Padding,
            left = row % c.Columns * c.Stride - c.Padding;
            if (start == null)
                new Span<float>(to, c.Channels).Clear();
            else
                new ReadOnlySpan<float>(start, c.Channels).CopyTo(new Span<float>(to, c.Channels));
            for (int tap = 0; tap < c.KernelHeight * c.KernelWidth; tap++)
            {
                int y = top + tap / c.KernelWidth, x = left + tap % c.KernelWidth;
                if ((uint)y < (uint)c.Height && (uint)x < (uint)c.Width)
                    kernels.MultiplyAdd(
                        from + (nint)batch * strides[0] + (nint)y * strides[1] + (nint)x * strides[2], weights + tap * c.Channels,
                        to, c.Channels);
            }

            if (norm is not null)
                kernels.Norm(to, norm.Weight.At(context), norm.Bias.At(context), norm.Epsilon, norm.Activation, to, c.Channels);
        }
    }
}
