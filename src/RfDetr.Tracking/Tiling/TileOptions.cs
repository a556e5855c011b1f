namespace RfDetr.Tracking;

/// <summary>Size and overlap of the tiles into which an image is cut.</summary>
public sealed record TileOptions
{
    /// <summary>Width of a tile in pixels; ≥ 1.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Height of a tile in pixels; ≥ 1.</summary>
    public int Height { get; init; } = 640;

    /// <summary>The overlap of neighbors; a fifth by default.</summary>
    public TileOverlap Overlap { get; init; } = TileOverlap.Share(0.2);

    /// <summary>The treatment of a last tile that would reach beyond the image.</summary>
    public TileRemainder Remainder { get; init; } = TileRemainder.MoveInwards;

    internal void Validate() => new OptionProblems(nameof(TileOptions))
        .AtLeast(nameof(Width), Width, 1)
        .AtLeast(nameof(Height), Height, 1)
        .Defined(nameof(Remainder), Remainder)
        .Require(Overlap.X(Width) < Width,
            $"{nameof(Overlap)} is {Overlap.X(Width)} pixels in a row, but must be less than {nameof(Width)} {Width}")
        .Require(Overlap.Y(Height) < Height,
            $"{nameof(Overlap)} is {Overlap.Y(Height)} pixels in a column, but must be less than {nameof(Height)} {Height}")
        .Throw();
}

/// <summary>The treatment of the last tile of a row or column where it would reach beyond the image.</summary>
public enum TileRemainder
{
    /// <summary>It is moved inwards and overlaps its neighbor more: all tiles have one size (SAHI).</summary>
    MoveInwards,

    /// <summary>It is moved inwards if tiles overlap, otherwise cut at the border (supervision).</summary>
    CutWithoutOverlap,
}

/// <summary>The overlap of neighboring tiles, in pixels or as a share of a tile.</summary>
public readonly record struct TileOverlap
{
    private TileOverlap(int x, int y, double share) => (PixelsX, PixelsY, Part) = (x, y, share);

    private int PixelsX { get; }

    private int PixelsY { get; }

    private double Part { get; }

    /// <summary>An overlap in pixels between neighbors in a row and in a column; each ≥ 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static TileOverlap Pixels(int x, int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        return new TileOverlap(x, y, 0);
    }

    /// <summary>An overlap as a share of a tile's size, cut off to whole pixels; 0 up to but not including 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public static TileOverlap Share(double share) => share is >= 0 and < 1
        ? new TileOverlap(0, 0, share)
        : throw new ArgumentOutOfRangeException(
            nameof(share), share, "The overlap's share of a tile must be at least 0 and less than 1.");

    internal int X(int tileWidth) => PixelsX + (int)(Part * tileWidth);

    internal int Y(int tileHeight) => PixelsY + (int)(Part * tileHeight);
}
