namespace RfDetr.Training;

/// <summary>Classification losses.</summary>
public enum ClassLossKind
{
    /// <summary>
    /// IoU-aware cross-entropy: the matched target grows with score and IoU (rf-detr's default; from LW-DETR, arXiv 2406.03459).
    /// </summary>
    IouAware,

    /// <summary>Focal loss, γ = 2 (arXiv 1708.02002).</summary>
    Focal,

    /// <summary>Varifocal loss: the matched target is the IoU (arXiv 2008.13367).</summary>
    Varifocal,

    /// <summary>
    /// Position-supervised loss: as varifocal, the IoUs scaled by the image's largest (Stable-DINO, arXiv 2304.04742).
    /// </summary>
    PositionSupervised,
}

/// <summary>Weights of the classes in the classification loss.</summary>
public enum ClassWeighting
{
    /// <summary>All classes count alike.</summary>
    None,

    /// <summary>Rare classes count more.</summary>
    Balanced,
}

/// <summary>The losses that are computed, and their weights; defaults are rf-detr's.</summary>
public sealed record LossOptions
{
    /// <summary>The classification loss.</summary>
    public ClassLossKind Kind { get; init; } = ClassLossKind.IouAware;

    /// <summary>Weight of <c>loss_ce</c>.</summary>
    public double ClassWeight { get; init; } = 1;

    /// <summary>Weight of <c>loss_bbox</c>.</summary>
    public double BoxWeight { get; init; } = 5;

    /// <summary>Weight of <c>loss_giou</c>.</summary>
    public double GIoUWeight { get; init; } = 2;

    /// <summary>Weight of <c>loss_mask_ce</c>.</summary>
    public double MaskCrossEntropyWeight { get; init; } = 5;

    /// <summary>Weight of <c>loss_mask_dice</c>.</summary>
    public double MaskDiceWeight { get; init; } = 5;

    /// <summary>Weights of the classes in the classification loss.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    /// <summary>α of the classification losses, in [0, 1].</summary>
    internal double FocalAlpha { get; init; } = 0.25;

    /// <summary>
    /// A factor on the classification loss of each logit (column of the head), for rare classes; null for 1 everywhere.
    /// </summary>
    internal IReadOnlyList<float>? LogitWeights { get; init; }

    /// <summary>Mask pixels per point at which the mask losses are computed, ≥ 1.</summary>
    internal int MaskPixelsPerPoint { get; init; } = 16;

    /// <summary>Candidates per point from which PointRend (arXiv 1912.08193) chooses, ≥ 1.</summary>
    internal double Oversampling { get; init; } = 3;

    /// <summary>Share of the points that are the most uncertain candidates; the rest is random.</summary>
    internal double UncertainShare { get; init; } = 0.75;

    /// <summary>True to compute <c>class_error</c> and <c>cardinality_error</c> too.</summary>
    internal bool Statistics { get; init; } = true;

    /// <summary>Checks the ranges; returns itself.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal LossOptions Validated()
    {
        double[] weights = [ClassWeight, BoxWeight, GIoUWeight, MaskCrossEntropyWeight, MaskDiceWeight];
        if (weights.Any(w => !double.IsFinite(w) || w < 0))
            throw new ArgumentException(
                Invariant.Text(
                    $"loss weights must be finite and not negative; they are {string.Join(", ", weights)}"));
        if (LogitWeights?.Any(w => !float.IsFinite(w) || w < 0) == true)
            throw new ArgumentException(
                $"weights of logits must be finite and not negative; they are {string.Join(", ", LogitWeights)}");
        if (FocalAlpha is not (>= 0 and <= 1) || UncertainShare is not (>= 0 and <= 1))
            throw new ArgumentException(
                Invariant.Text(
                    $"FocalAlpha is {FocalAlpha}, UncertainShare {UncertainShare}; both must be from 0 to 1"));
        if (MaskPixelsPerPoint < 1 || Oversampling is not (>= 1 and <= 100))
            throw new ArgumentException(
                Invariant.Text(
                    $"MaskPixelsPerPoint is {MaskPixelsPerPoint}, must be ≥ 1; Oversampling is {Oversampling}, must be "
                        + $"from 1 to 100"));
        return this;
    }
}
