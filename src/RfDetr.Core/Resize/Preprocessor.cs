using System.Diagnostics.CodeAnalysis;

namespace RfDetr;

/// <summary>Pixels to the network's input in one pass: resize, division by 255, normalization, planar order.</summary>
internal static unsafe class Preprocessor
{
    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>
    /// Stretches a frame to <c>height × width</c> and writes it normalized as planes <c>[3, height, width]</c>, red first.
    /// </summary>
    /// <param name="frame">
    /// The pixels in any format and stride; for a region of interest give <see cref="PixelFrame.Crop"/>.
    /// </param>
    /// <param name="destination">At least <c>3 · height · width</c> floats; only these are written.</param>
    /// <param name="height">Rows of the network's input.</param>
    /// <param name="width">Columns of the network's input.</param>
    /// <param name="rule">The model's resize rule.</param>
    /// <param name="normalization"><see cref="Normalization.ImageNet"/> where none is given.</param>
    /// <remarks>
    /// Agrees with PyTorch's <c>interpolate(mode="bilinear", align_corners=False)</c>, with and without
    /// <c>antialias</c>, to 1e-6 on values in 0–1. Safe from many threads; each keeps its own scratch memory.
    /// </remarks>
    /// <exception cref="ArgumentException">A size is below 1, the destination is too short, or the rule is unknown.</exception>
    public static void Run(
        PixelFrame frame, Span<float> destination, int height, int width, ResizeRule rule = ResizeRule.Bilinear,
        Normalization? normalization = null)
    {
        if (height < 1 || width < 1)
            ThrowSize(height, width);
        if (destination.Length < 3L * height * width)
            ThrowDestination(destination.Length, height, width);
        if (rule is not (ResizeRule.Bilinear or ResizeRule.BilinearAntialias))
            ThrowRule(rule);
        if (frame.Data.IsEmpty)
            ThrowEmpty();
        Scratch scratch = _scratch ??= new Scratch();
        scratch.Prepare(frame, height, width, rule);
        fixed (float* planes = destination)
        {
            var rows = new PlaneRows(planes, height, width, frame.Format.BlueFirst(), normalization ?? Normalization.ImageNet);
            Run(frame, scratch, rows);
        }

        GC.KeepAlive(frame.Owner);
    }

    private static void Run(PixelFrame frame, Scratch scratch, PlaneRows rows)
    {
        AxisTaps down = scratch.Vertical, across = scratch.Horizontal;
        int channels = frame.Format.BytesPerPixel();
        int count = frame.Width * channels;
        fixed (byte* pixels = frame.Data)
        fixed (float* row = scratch.Row, downWeights = down.Weights, acrossWeights = across.Weights)
        fixed (int* acrossStart = across.Start)
        {
            for (int y = 0; y < down.Target; y++, rows.NextRow())
            {
                byte* source = pixels + (nint)down.Start[y] * frame.Stride;
                RowKernels.BlendRows(source, frame.Stride, downWeights + (nint)y * down.Taps, down.Taps, row, count);
                if (channels == 1)
                    RowKernels.ResampleGray(row, across, acrossStart, acrossWeights, rows);
                else
                    RowKernels.ResampleColor(row, channels, across, acrossStart, acrossWeights, rows);
            }
        }
    }

    /// <summary>
    /// A thread's reusable memory: the taps of the last sizes and one row of floats. A steady stream allocates nothing.
    /// </summary>
    private sealed class Scratch
    {
        private ResizeRule _rule;

        public AxisTaps Vertical { get; private set; } = AxisTaps.Create(1, 1, ResizeRule.Bilinear);

        public AxisTaps Horizontal { get; private set; } = AxisTaps.Create(1, 1, ResizeRule.Bilinear);

        public float[] Row { get; private set; } = [];

        public void Prepare(PixelFrame frame, int height, int width, ResizeRule rule)
        {
            if (_rule != rule || Vertical.Source != frame.Height || Vertical.Target != height)
                Vertical = AxisTaps.Create(frame.Height, height, rule);
            if (_rule != rule || Horizontal.Source != frame.Width || Horizontal.Target != width)
                Horizontal = AxisTaps.Create(frame.Width, width, rule);
            _rule = rule;
            int channels = frame.Format.BytesPerPixel();
            int pixels = frame.Width * channels;
            int needed = pixels + Horizontal.Taps * channels + 4;
            if (Row.Length < needed)
                Row = GC.AllocateUninitializedArray<float>(needed);
            Row.AsSpan(pixels, needed - pixels).Clear();   // read with weight 0, so it must be finite
        }
    }

    [DoesNotReturn]
    private static void ThrowSize(int height, int width) =>
        throw new ArgumentOutOfRangeException(
            nameof(height), $"The network's input must be at least 1×1; given {height}×{width} (height × width).");

    [DoesNotReturn]
    private static void ThrowDestination(int length, int height, int width) =>
        throw new ArgumentException(
            $"The destination holds {length} floats; [3, {height}, {width}] needs {3L * height * width}.", "destination");

    [DoesNotReturn]
    private static void ThrowRule(ResizeRule rule) =>
        throw new ArgumentOutOfRangeException(nameof(rule), rule, "Unknown resize rule.");

    [DoesNotReturn]
    private static void ThrowEmpty() => throw new ArgumentException("The frame is a default value without pixels.", "frame");
}
