namespace RfDetr.Cpu;

/// <summary>Sizes of a convolution.</summary>
/// <param name="Height">Of the input.</param>
/// <param name="Width">Of the input.</param>
/// <param name="Channels">Of the input.</param>
/// <param name="Rows">Of the output.</param>
/// <param name="Columns">Of the output.</param>
/// <param name="KernelHeight">Rows of the kernel.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
/// <param name="Stride">Step of the kernel.</param>
/// <param name="Padding">Zeros around the input.</param>
internal readonly record struct ConvolutionSizes(
    int Height, int Width, int Channels, int Rows, int Columns, int KernelHeight, int KernelWidth, int Stride, int Padding);

/// <summary>
/// A convolution's input patches as rows ("im2col"), made block by block in scratch and never kept. Where channels lie side by
/// side, terms are in the order (row, column, channel); else, for images in planes, (channel, row, column).
/// </summary>
internal sealed unsafe class ConvolutionRows(Operand input, int[] strides, ConvolutionSizes c) : RowSource
{
    private readonly bool _channelsLast = strides[3] == 1;

    /// <summary>Order of terms that an input with these distances gets.</summary>
    public static ConstantForm Form(int[] strides) =>
        strides[3] == 1 ? ConstantForm.ChannelsLastPanels : ConstantForm.ChannelsFirstPanels;

    public override void Fill(int first, int count, float* to, byte* scratch, in TaskContext context)
    {
        float* from = input.At(context);
        int length = c.KernelHeight * c.KernelWidth * c.Channels, area = c.Rows * c.Columns;
        for (int row = first; row < first + count; row++, to += length)
        {
            int batch = row / area, y = row % area / c.Columns * c.Stride - c.Padding, x = row % c.Columns * c.Stride - c.Padding;
            float* image = from + (nint)batch * strides[0];
            if (_channelsLast)
                PixelsToRow(image, y, x, to);
            else
                PlanesToRow(image, y, x, to);
        }
    }

    private void PixelsToRow(float* image, int top, int left, float* to)
    {
        int line = c.KernelWidth * c.Channels;
        bool whole = left >= 0 && left + c.KernelWidth <= c.Width && strides[2] == c.Channels;
        for (int i = 0; i < c.KernelHeight; i++, to += line)
        {
            int y = top + i;
            if ((uint)y >= (uint)c.Height)
            {
                new Span<float>(to, line).Clear();
                continue;
            }

            float* from = image + (nint)y * strides[1] + (nint)left * strides[2];
            if (whole)
            {
                Buffer.MemoryCopy(from, to, line * sizeof(float), line * sizeof(float));
                continue;
            }

            for (int j = 0; j < c.KernelWidth; j++)
            {
                var pixel = new Span<float>(to + j * c.Channels, c.Channels);
                if ((uint)(left + j) < (uint)c.Width)
                    new ReadOnlySpan<float>(from + (nint)j * strides[2], c.Channels).CopyTo(pixel);
                else
                    pixel.Clear();
            }
        }
    }

    private void PlanesToRow(float* image, int top, int left, float* to)
    {
        bool whole = left >= 0 && left + c.KernelWidth <= c.Width && strides[2] == 1;
        for (int channel = 0; channel < c.Channels; channel++)
        {
            for (int i = 0; i < c.KernelHeight; i++, to += c.KernelWidth)
            {
                int y = top + i;
                var line = new Span<float>(to, c.KernelWidth);
                float* from = image + (nint)channel * strides[3] + (nint)y * strides[1] + (nint)left * strides[2];
                if ((uint)y >= (uint)c.Height)
                {
                    line.Clear();
                }
                else if (whole)
                {
                    new ReadOnlySpan<float>(from, c.KernelWidth).CopyTo(line);
                }
                else
                {
                    for (int j = 0; j < line.Length; j++)
                        line[j] = (uint)(left + j) < (uint)c.Width ? from[(nint)j * strides[2]] : 0;
                }
            }
        }
    }
}
