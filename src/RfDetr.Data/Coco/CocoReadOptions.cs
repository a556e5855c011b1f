namespace RfDetr.Data;

/// <summary>Limits on the size of a COCO file; a file beyond is refused before it fills the memory.</summary>
public sealed record CocoReadOptions
{
    /// <summary>The limits used where none are given.</summary>
    public static CocoReadOptions Default { get; } = new();

    /// <summary>Bytes of the file: 4 GiB, nine times COCO's own training annotations.</summary>
    public long MaxFileBytes { get; init; } = 4L << 30;

    /// <summary>Width and height of an image each, as in <see cref="ImageLimits"/>.</summary>
    public int MaxSide { get; init; } = 65_535;
}
