namespace RfDetr.Tracking;

/// <summary>Settings of a <see cref="HeatMap"/>; the defaults are roboflow/supervision's.</summary>
public sealed record HeatMapOptions
{
    /// <summary>Radius of the disc that an object leaves in each frame, in pixels; 0..10,000.</summary>
    public int Radius { get; init; } = 40;

    /// <summary>The point of a box at which the disc lies.</summary>
    public Anchor Anchor { get; init; } = Anchor.BottomCenter;

    /// <summary>Opacity of the overlay where objects have been; 0..1.</summary>
    public float Opacity { get; init; } = 0.2f;

    /// <summary>Side of the square over which the overlay is blurred, in pixels; 1 (not at all) to 1,001.</summary>
    public int Blur { get; init; } = 25;

    internal void Validate() => new OptionProblems(nameof(HeatMapOptions))
        .Between(nameof(Radius), Radius, 0, 10_000)
        .Defined(nameof(Anchor), Anchor)
        .Between(nameof(Opacity), Opacity, 0, 1)
        .Between(nameof(Blur), Blur, 1, 1001)
        .Throw();
}

/// <summary>
/// Adds up where objects have been, and paints it from blue (seldom) to red (most often). Not safe for use by several threads at
/// once.
/// </summary>
public sealed class HeatMap
{
    private const int MostPixels = 1 << 28;
    private const float ColdHue = 125;

    private readonly HeatMapOptions _options;
    private readonly uint[] _counts;
    private readonly int[] _halfWidths;

    /// <summary>An empty map of a frame's size.</summary>
    /// <exception cref="ArgumentException">The size or an option is out of range.</exception>
    public HeatMap(int width, int height, HeatMapOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if ((long)width * height > MostPixels)
            throw new ArgumentException($"A heat map of {width}×{height} has more than {MostPixels} pixels.");
        _options = options ?? new HeatMapOptions();
        _options.Validate();
        (Width, Height) = (width, height);
        _counts = new uint[width * height];
        _halfWidths =
        [
            .. Enumerable.Range(-_options.Radius, 2 * _options.Radius + 1)
                .Select(dy => (int)Math.Sqrt((long)_options.Radius * _options.Radius - (long)dy * dy)),
        ];
    }

    /// <summary>Width of the frame in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the frame in pixels.</summary>
    public int Height { get; }

    /// <summary>The largest count of any pixel.</summary>
    public uint Max { get; private set; }

    /// <summary>Number of discs that covered each pixel, row by row.</summary>
    public ReadOnlySpan<uint> Counts => _counts;

    /// <summary>Adds the objects of the next frame.</summary>
    public void Update(ReadOnlySpan<TrackedBox> objects)
    {
        foreach (TrackedBox seen in objects)
        {
            Point2 at = Anchors.Of(seen.Box, _options.Anchor);
            if (double.IsFinite(at.X) && double.IsFinite(at.Y) && Math.Abs(at.X) < int.MaxValue / 2
                && Math.Abs(at.Y) < int.MaxValue / 2)
                AddDisc((int)Math.Round(at.X), (int)Math.Round(at.Y));
        }
    }

    /// <summary>Blends the map over a frame.</summary>
    /// <param name="rgb">The frame: 3 bytes per pixel, rows without padding; changed in place.</param>
    /// <exception cref="ArgumentException">The frame has another size than the map.</exception>
    public void Overlay(Span<byte> rgb)
    {
        if (rgb.Length != 3 * _counts.Length)
            throw new ArgumentException(
                $"The frame has {rgb.Length} bytes, but {Width}×{Height} pixels of RGB have {3 * _counts.Length}.", nameof(rgb));
        if (Max == 0)
            return;
        float[] blurred = BoxBlur.Apply([.. _counts.Select(c => (float)c / Max)], Width, Height, _options.Blur);
        for (int i = 0; i < _counts.Length; i++)
        {
            if (!(blurred[i] > 0))
                continue;
            (float r, float g, float b) = Hue(ColdHue * (1 - Math.Min(blurred[i], 1)) * 2);
            Blend(ref rgb[3 * i], r);
            Blend(ref rgb[3 * i + 1], g);
            Blend(ref rgb[3 * i + 2], b);
        }
    }

    /// <summary>Begins again.</summary>
    public void Reset()
    {
        Array.Clear(_counts);
        Max = 0;
    }

    private void AddDisc(int x, int y)
    {
        for (int dy = -_options.Radius; dy <= _options.Radius; dy++)
        {
            int row = y + dy, half = _halfWidths[dy + _options.Radius];
            if (row < 0 || row >= Height)
                continue;
            int first = Math.Max(0, x - half), last = Math.Min(Width - 1, x + half);
            for (int i = row * Width + first; i <= row * Width + last; i++)
                Max = Math.Max(Max, ++_counts[i]);
        }
    }

    private void Blend(ref byte value, float color) =>
        value = (byte)MathF.Round(value + _options.Opacity * (255 * color - value));

    // Full saturation and value; hue in degrees (OpenCV's hues, 0..125 here, count half degrees).
    private static (float R, float G, float B) Hue(float degrees)
    {
        float Channel(float offset)
        {
            float k = (offset + degrees / 60) % 6;
            return 1 - Math.Max(0, Math.Min(Math.Min(k, 4 - k), 1));
        }

        return (Channel(5), Channel(3), Channel(1));
    }
}

/// <summary>
/// The mean over a square around each pixel, by running sums along rows and columns; at borders over what is inside.
/// </summary>
internal static class BoxBlur
{
    public static float[] Apply(float[] values, int width, int height, int side)
    {
        int radius = side / 2;
        if (radius == 0)
            return values;
        var rows = new float[values.Length];
        for (int y = 0; y < height; y++)
            Run(values, rows, y * width, 1, width, radius);
        var result = new float[values.Length];
        for (int x = 0; x < width; x++)
            Run(rows, result, x, width, height, radius);
        return result;
    }

    private static void Run(float[] from, float[] to, int start, int step, int count, int radius)
    {
        double sum = 0;
        int inside = 0;
        for (int i = 0; i < count + radius; i++)
        {
            if (i < count)
                (sum, inside) = (sum + from[start + i * step], inside + 1);
            int leaving = i - 2 * radius - 1;
            if (leaving >= 0)
                (sum, inside) = (sum - from[start + leaving * step], inside - 1);
            int center = i - radius;
            if (center >= 0)
                to[start + center * step] = (float)Math.Max(0, sum / inside);
        }
    }
}
