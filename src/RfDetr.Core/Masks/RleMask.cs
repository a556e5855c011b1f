namespace RfDetr;

/// <summary>
/// A binary mask as COCO run lengths: pixels column by column (top to bottom, then the next column to the right), runs
/// alternate between background and mask and begin with background (0 long if the first pixel is mask). Immutable.
/// </summary>
/// <remarks>
/// The runs are kept canonical, as pycocotools writes them: no run but the first is 0 long. So two masks are equal
/// exactly if their sizes and runs are.
/// </remarks>
public sealed partial class RleMask : IEquatable<RleMask>
{
    private readonly uint[] _counts;

    private RleMask(int height, int width, uint[] canonicalCounts)
    {
        Height = height;
        Width = width;
        _counts = canonicalCounts;
        (Area, BoundingBox) = RleMeasure.Of(canonicalCounts, height);
    }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Number of columns.</summary>
    public int Width { get; }

    /// <summary>Run lengths, background first; they add up to <c>Height · Width</c>.</summary>
    public ReadOnlySpan<uint> Counts => _counts;

    /// <summary>Number of mask pixels.</summary>
    public long Area { get; }

    /// <summary>The smallest rectangle around the mask pixels; all zero if there are none (pycocotools' <c>toBbox</c>).</summary>
    public PixelRect BoundingBox { get; }

    /// <summary>A mask from run lengths, which may have runs of length 0 in between.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="counts">Runs, background first (COCO's uncompressed form).</param>
    /// <exception cref="AnnotationFormatException">
    /// The size is not positive or too large, a run is negative, or the runs do not add up to it.
    /// </exception>
    public static RleMask FromCounts(int height, int width, ReadOnlySpan<long> counts)
    {
        long pixels = CheckSize(height, width);
        long total = 0;
        var builder = new RleBuilder(height, width, Math.Min(counts.Length, 64));
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] < 0 || counts[i] > pixels - total)
                throw RleErrors.BadRun(i, counts[i], pixels - total, height, width);
            total += counts[i];
            if (i + 1 < counts.Length)
                builder.Toggle(total);
        }

        return total == pixels ? builder.Build() : throw RleErrors.WrongTotal(total, height, width);
    }

    /// <summary>Encodes a mask; any pixel but 0 counts as mask.</summary>
    public static RleMask Encode(BitMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var builder = new RleBuilder(mask.Height, mask.Width, 64);
        ReadOnlySpan<byte> pixels = mask.Pixels;
        bool inside = false;
        for (int x = 0; x < mask.Width; x++)
        {
            for (int y = 0, at = x; y < mask.Height; y++, at += mask.Width)
            {
                if (pixels[at] != 0 == inside)
                    continue;
                inside = !inside;
                builder.Toggle((long)x * mask.Height + y);
            }
        }

        return builder.Build();
    }

    /// <summary>A mask without any mask pixel.</summary>
    /// <exception cref="AnnotationFormatException">The size is not positive or too large.</exception>
    public static RleMask Empty(int height, int width) => new(height, width, [(uint)CheckSize(height, width)]);

    /// <summary>One byte per pixel.</summary>
    public BitMask Decode()
    {
        var mask = new BitMask(Height, Width);
        DecodeInto(new PixelRect(0, 0, Width, Height), mask.Pixels, Width);
        return mask;
    }

    /// <summary>The part inside <paramref name="window"/> (which must lie inside the mask) as a mask of that size.</summary>
    /// <exception cref="ArgumentException">The window is empty or reaches beyond the mask.</exception>
    public BitMask Decode(PixelRect window)
    {
        if (window.IsEmpty || window.Intersect(new PixelRect(0, 0, Width, Height)) != window)
            throw new ArgumentException(
                $"The window {window} does not lie inside the mask of {Width}×{Height} (width × height).", nameof(window));
        var mask = new BitMask(window.Height, window.Width);
        DecodeInto(window, mask.Pixels, window.Width);
        return mask;
    }

    /// <inheritdoc/>
    public bool Equals(RleMask? other) =>
        other is not null && Height == other.Height && Width == other.Width && Counts.SequenceEqual(other.Counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RleMask);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Height, Width, Area, BoundingBox, _counts.Length);

    /// <summary>Takes ownership of runs that are known to be canonical and to fit the size.</summary>
    internal static RleMask FromCanonical(int height, int width, uint[] counts) => new(height, width, counts);

    /// <summary>Pixels of a mask of this size; refused before anything is allocated for it.</summary>
    internal static long CheckSize(int height, int width)
    {
        long pixels = (long)height * width;
        return height > 0 && width > 0 && pixels <= int.MaxValue ? pixels : throw RleErrors.BadSize(height, width);
    }

    /// <summary>
    /// Writes the part inside a window as ones into zeroed bytes: first a one wherever a column changes, then each row
    /// takes over the row above. Going down each run instead would touch a new cache line per pixel.
    /// </summary>
    internal void DecodeInto(PixelRect window, Span<byte> pixels, int stride)
    {
        foreach (ColumnRun run in ColumnRuns(window))
        {
            int x = run.X - window.X;
            pixels[(run.Top - window.Y) * stride + x] ^= 1;
            if (run.Bottom < window.Bottom)
                pixels[(run.Bottom - window.Y) * stride + x] ^= 1;
        }

        for (int y = 1; y < window.Height; y++)
            ByteRows.Xor(pixels.Slice(y * stride, window.Width), pixels.Slice((y - 1) * stride, window.Width));
    }
}

/// <summary>Area and bounding box from canonical run lengths, without decoding.</summary>
internal static class RleMeasure
{
    public static (long Area, PixelRect Bounds) Of(ReadOnlySpan<uint> counts, int height)
    {
        long area = 0, end = 0;
        long left = long.MaxValue, right = -1;
        long top = height, bottom = -1;
        for (int i = 1; i < counts.Length; i += 2)
        {
            long start = end + counts[i - 1];
            end = start + counts[i];
            area += counts[i];
            (long firstX, long firstY) = Math.DivRem(start, height);
            (long lastX, long lastY) = Math.DivRem(end - 1, height);
            left = Math.Min(left, firstX);
            right = Math.Max(right, lastX);
            bool crossesColumns = lastX > firstX;
            top = crossesColumns ? 0 : Math.Min(top, firstY);
            bottom = crossesColumns ? height - 1 : Math.Max(bottom, lastY);
        }

        return area == 0
            ? (0, default)
            : (area, new PixelRect((int)left, (int)top, (int)(right - left + 1), (int)(bottom - top + 1)));
    }
}
