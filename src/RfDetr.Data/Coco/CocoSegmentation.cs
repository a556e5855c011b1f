namespace RfDetr.Data;

/// <summary>A mask in one of COCO's three forms. It is kept as it was written and decoded only when it is asked for.</summary>
public abstract class CocoSegmentation
{
    private protected CocoSegmentation()
    {
    }

    /// <summary>The mask for an image of the given size, rasterized exactly as pycocotools does.</summary>
    /// <exception cref="AnnotationFormatException">It is malformed, or it is run lengths of an image of another size.</exception>
    public abstract RleMask ToMask(int height, int width);
}

/// <summary>
/// A mask that the file does not describe as any of the three forms. Boxes do not need it; the reason is reported to whoever
/// asks for it.
/// </summary>
internal sealed class CocoBrokenMask(string reason) : CocoSegmentation
{
    /// <summary>The place in the file, and the reason.</summary>
    public string Reason { get; } = reason;

    /// <inheritdoc/>
    public override RleMask ToMask(int height, int width) => throw new AnnotationFormatException(Reason);
}

/// <summary>One or several outlines; the mask is their union.</summary>
/// <param name="outlines">Each <c>x0, y0, x1, y1, …</c> in pixels.</param>
internal sealed class CocoPolygons(double[][] outlines) : CocoSegmentation
{
    /// <summary>Each <c>x0, y0, x1, y1, …</c> in pixels, an even number of values, all finite.</summary>
    public IReadOnlyList<double[]> Outlines { get; } = outlines;

    /// <inheritdoc/>
    public override RleMask ToMask(int height, int width) => RleMask.FromPolygons(height, width, Outlines);
}

/// <summary>Run lengths: a compressed string, or the plain list of numbers that COCO's crowd regions have.</summary>
internal sealed class CocoRunLengths : CocoSegmentation
{
    private readonly string? _text;
    private readonly long[]? _counts;

    /// <summary>The compressed form.</summary>
    public CocoRunLengths(int height, int width, string text) => (Height, Width, _text) = (height, width, text);

    /// <summary>The uncompressed form.</summary>
    public CocoRunLengths(int height, int width, long[] counts) => (Height, Width, _counts) = (height, width, counts);

    /// <summary>The runs of a mask.</summary>
    public CocoRunLengths(RleMask mask)
        : this(mask.Height, mask.Width, mask.ToCompressedString())
    {
    }

    /// <summary>Rows: the first entry of COCO's <c>size</c>.</summary>
    public int Height { get; }

    /// <summary>Columns: its second entry.</summary>
    public int Width { get; }

    /// <summary>The compressed string as written; null for the uncompressed form.</summary>
    public string? Text => _text;

    /// <summary>The runs as written; null for the compressed form.</summary>
    public IReadOnlyList<long>? Counts => _counts;

    /// <summary>The mask at the size it was written with.</summary>
    /// <exception cref="AnnotationFormatException">It is malformed.</exception>
    public RleMask ToMask() =>
        _text is not null ? RleMask.Parse(Height, Width, _text) : RleMask.FromCounts(Height, Width, _counts);

    /// <inheritdoc/>
    public override RleMask ToMask(int height, int width) => Height == height && Width == width
        ? ToMask()
        : throw new AnnotationFormatException(
            $"a mask of size [{Height}, {Width}] (height, width) belongs to no image of {height}×{width} (height × width); "
            + "was the image resized or turned without its annotations?");
}
