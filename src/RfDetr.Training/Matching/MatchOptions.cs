namespace RfDetr.Training;

/// <summary>Weights of the matching cost; defaults are rf-detr's.</summary>
internal sealed record MatchOptions
{
    /// <summary>Weight of the focal class cost.</summary>
    public double ClassWeight { get; init; } = 2;

    /// <summary>Weight of the L1 distance of boxes (cx, cy, w, h).</summary>
    public double BoxWeight { get; init; } = 5;

    /// <summary>Weight of −GIoU.</summary>
    public double GIoUWeight { get; init; } = 2;

    /// <summary>Weight of the masks' cross-entropy.</summary>
    public double MaskCrossEntropyWeight { get; init; } = 5;

    /// <summary>Weight of the masks' dice distance.</summary>
    public double MaskDiceWeight { get; init; } = 5;

    /// <summary>α of the focal class cost, in [0, 1].</summary>
    public double FocalAlpha { get; init; } = 0.25;

    /// <summary>Mask pixels per point at which masks are compared, ≥ 1.</summary>
    public int MaskPixelsPerPoint { get; init; } = 16;
}
