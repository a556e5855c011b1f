namespace RfDetr.Data;

/// <summary>Objects of some size only; the others are ignored, neither found nor missed.</summary>
/// <param name="Name">What the range is asked for by.</param>
/// <param name="Least">Smallest area in pixels, inclusive.</param>
/// <param name="Most">Largest area in pixels, inclusive.</param>
public readonly record struct AreaRange(string Name, double Least, double Most)
{
    private const double Unlimited = 1e10; // pycocotools' 1e5²

    /// <summary>Every size.</summary>
    public static AreaRange All { get; } = new("all", 0, Unlimited);

    /// <summary>
    /// COCO's four: all, small (to 32²), medium (to 96²), large. Neighbors share their limit, as in pycocotools.
    /// </summary>
    public static IReadOnlyList<AreaRange> Coco { get; } =
        [All, new("small", 0, 32 * 32), new("medium", 32 * 32, 96 * 96), new("large", 96 * 96, Unlimited)];

    /// <summary>True if an area lies in the range. As in pycocotools, one that is no number lies in every range.</summary>
    public bool Contains(double area) => !(area < Least || area > Most);
}
