namespace RfDetr.Cpu;

/// <summary>Multi-scale deformable sampling, directly from the projected values [B, S, d].</summary>
internal sealed unsafe class DeformableStep(
    KernelSet kernels, int batch, int queries, int heads, int points, int width, int[] levelSizes, int rowStep, Operand values,
    Operand locations, Operand weights, Operand y)
    : Step("deformable sampling")
{
    private const int QueriesPerTask = 16;
    private readonly int _levels = levelSizes.Length / 2, _perImage = (queries + QueriesPerTask - 1) / QueriesPerTask;
    private readonly int _cells = Enumerable.Range(0, levelSizes.Length / 2).Sum(l => levelSizes[2 * l] * levelSizes[2 * l + 1]);

    public override int Tasks => batch * _perImage;

    public override void Execute(int task, in TaskContext context)
    {
        int image = task / _perImage, first = task % _perImage * QueriesPerTask, samples = _levels * points, size = width / heads;
        float* map = values.At(context) + (nint)image * _cells * rowStep;
        for (int query = first; query < Math.Min(first + QueriesPerTask, queries); query++)
        {
            nint at = ((nint)image * queries + query) * heads;
            float* to = y.At(context) + at * size, place = locations.At(context) + at * samples * 2,
            share = weights.At(context) + at * samples;
            new Span<float>(to, width).Clear();
            for (int head = 0; head < heads; head++, to += size)
            {
                float* level = map + head * size;
                for (int l = 0; l < _levels; l++)
                {
                    for (int p = 0; p < points; p++, place += 2, share++)
                        Sample(level, levelSizes[2 * l], levelSizes[2 * l + 1], place[0], place[1], *share, to, size);
                    level += (nint)levelSizes[2 * l] * levelSizes[2 * l + 1] * rowStep;
                }
            }
        }
    }

    // 0…1 spans the map; pixel centers lie at half integers, and outside there are zeros.
    private void Sample(float* level, int height, int columns, float x, float y, float weight, float* to, int size)
    {
        float px = x * columns - 0.5f, py = y * height - 0.5f;
        if (!(px > -1 && py > -1 && px < columns && py < height))
            return;
        int left = (int)MathF.Floor(px), top = (int)MathF.Floor(py);
        float fx = px - left, fy = py - top;
        Add(top, left, (1 - fx) * (1 - fy));
        Add(top, left + 1, fx * (1 - fy));
        Add(top + 1, left, (1 - fx) * fy);
        Add(top + 1, left + 1, fx * fy);

        void Add(int row, int column, float share)
        {
            if ((uint)row < (uint)height && (uint)column < (uint)columns)
                kernels.AddScaled(level + ((nint)row * columns + column) * rowStep, share * weight, to, size);
        }
    }
}

/// <summary>
/// Bilinear sampling of planes [B, C, h, w] at a grid; the network itself samples through <see cref="DeformableStep"/>.
/// </summary>
internal sealed unsafe class GridSampleStep(
    int batch, int channels, int height, int width, int points, Operand x, Operand grid, Operand y) : Step("grid sampling")
{
    public override int Tasks => batch * channels;

    public override void Execute(int task, in TaskContext context)
    {
        float* plane = x.At(context) + (nint)task * height * width, at = grid.At(context) + (nint)(task / channels) * points * 2,
        to = y.At(context) + (nint)task * points;
        for (int point = 0; point < points; point++)
        {
            float px = ((at[2 * point] + 1) * width - 1) / 2, py = ((at[2 * point + 1] + 1) * height - 1) / 2;
            int left = (int)MathF.Floor(px), top = (int)MathF.Floor(py);
            float fx = px - left, fy = py - top;
            to[point] = Pixel(plane, top, left) * (1 - fx) * (1 - fy) + Pixel(plane, top, left + 1) * fx * (1 - fy)
                + Pixel(plane, top + 1, left) * (1 - fx) * fy + Pixel(plane, top + 1, left + 1) * fx * fy;
        }
    }

    private float Pixel(float* plane, int row, int column) =>
        (uint)row < (uint)height && (uint)column < (uint)width ? plane[row * width + column] : 0;
}

/// <summary>Convolution in groups, the plain way; the network has none but depthwise ones.</summary>
internal sealed unsafe class GroupedConvolutionStep(
    int batch, ConvolutionSizes c, int outputs, int groups, Operand x, Operand weights, Operand bias, Operand y)
    : Step("grouped convolution")
{
    public override int Tasks => batch * c.Rows;

    public override void Execute(int task, in TaskContext context)
    {
        (int perGroup, int outputsPerGroup) = (c.Channels / groups, outputs / groups);
        float* from = x.At(context), w = weights.At(context), start = bias.At(context),
        to = y.At(context) + (nint)task * c.Columns * outputs;
        for (int column = 0; column < c.Columns; column++)
        {
            for (int o = 0; o < outputs; o++)
            {
                float sum = start == null ? 0 : start[o];
                for (int tap = 0; tap < c.KernelHeight * c.KernelWidth; tap++)
                {
                    int row = task % c.Rows * c.Stride + tap / c.KernelWidth - c.Padding,
                    at = column * c.Stride + tap % c.KernelWidth - c.Padding;
                    if ((uint)row >= (uint)c.Height || (uint)at >= (uint)c.Width)
                        continue;
                    float* pixel = from + (
                        (nint)(task / c.Rows * c.Height + row) * c.Width + at) * c.Channels + o / outputsPerGroup * perGroup;
                    for (int channel = 0; channel < perGroup; channel++)
                        sum += pixel[channel] * w[(o * perGroup + channel) * c.KernelHeight * c.KernelWidth + tap];
                }

                to[column * outputs + o] = sum;
            }
        }
    }
}
