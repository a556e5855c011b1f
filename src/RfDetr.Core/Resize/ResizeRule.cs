namespace RfDetr;

/// <summary>
/// Rule by which an image is stretched to the network's square; both as PyTorch computes them, half-pixel centers. The rule is a
/// property of a model: the two differ in up to 96 % of the values of a reduced image.
/// </summary>
public enum ResizeRule
{
    /// <summary>Two taps per axis at any scale: rf-detr ≥ 1.9 and its exports.</summary>
    Bilinear,

    /// <summary>A triangle filter widened by the reduction: rf-detr ≤ 1.8.3, torchvision's own default.</summary>
    BilinearAntialias,
}
