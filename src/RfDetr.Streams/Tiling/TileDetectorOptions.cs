namespace RfDetr.Streams;

/// <summary>The choice of tiles.</summary>
public enum TileChoice
{
    /// <summary>All tiles of the grid.</summary>
    All,

    /// <summary>
    /// A first look at the whole image decides: tiles are looked at where it shows objects near the smallest size that the
    /// network sees, and everywhere if it used up its queries.
    /// </summary>
    WhereNeeded,
}

/// <summary>Settings of a <see cref="TileDetector"/>.</summary>
public sealed record TileDetectorOptions
{
    /// <summary>Size and overlap; null for tiles that the network sees without shrinking them.</summary>
    public TileOptions? Tiles { get; init; }

    /// <summary>The overlap of neighbors where <see cref="Tiles"/> is null; a fifth by default.</summary>
    public TileOverlap Overlap { get; init; } = TileOverlap.Share(0.2);

    /// <summary>The choice of tiles.</summary>
    public TileChoice Choice { get; init; }

    /// <summary>
    /// True if the whole image is looked at, too, where there is more than one tile: objects larger than a tile are seen whole.
    /// </summary>
    public bool WholeImage { get; init; } = true;

    /// <summary>The way in which detections of overlapping tiles become one.</summary>
    public MergeOptions Merge { get; init; } = new();

    /// <summary>Tiles per run of the network, 1..1024; null for the detector's preferred number.</summary>
    public int? Batch { get; init; }

    internal void Validate()
    {
        Tiles?.Validate();
        Merge.Validate();
        if (!Enum.IsDefined(Choice))
            throw new ArgumentException($"tile detector options: {nameof(Choice)} is {Choice}, which does not exist");
        if (Batch is < 1 or > 1024)
            throw new ArgumentException($"tile detector options: {nameof(Batch)} is {Batch}, expected 1..1024");
    }
}
