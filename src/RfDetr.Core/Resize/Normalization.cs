namespace RfDetr;

/// <summary>Per channel <c>(value / 255 − mean) / deviation</c>, in red, green, blue order.</summary>
/// <param name="Mean">Subtracted from values in 0–1.</param>
/// <param name="Deviation">Divided by; none may be zero.</param>
public sealed record Normalization((float Red, float Green, float Blue) Mean, (float Red, float Green, float Blue) Deviation)
{
    /// <summary>ImageNet's statistics, with which DINOv2 and so RF-DETR was trained.</summary>
    public static Normalization ImageNet { get; } = new((0.485f, 0.456f, 0.406f), (0.229f, 0.224f, 0.225f));

    /// <summary>Only the division by 255: values in 0–1.</summary>
    public static Normalization None { get; } = new((0, 0, 0), (1, 1, 1));

    /// <summary>The same as <c>byte · factor + offset</c>, for channel 0 (red) to 2 (blue).</summary>
    internal (float Factor, float Offset) Affine(int channel)
    {
        (float mean, float deviation) = channel switch
        {
            0 => (Mean.Red, Deviation.Red),
            1 => (Mean.Green, Deviation.Green),
            _ => (Mean.Blue, Deviation.Blue),
        };
        if (!float.IsFinite(mean) || !float.IsFinite(1 / deviation))
            throw new ArgumentException(
                $"Normalization: mean {mean} and deviation {deviation} of channel {channel} must be finite, the "
                    + $"deviation not 0.");
        return ((float)(1 / (255.0 * deviation)), (float)(-mean / (double)deviation));
    }
}
