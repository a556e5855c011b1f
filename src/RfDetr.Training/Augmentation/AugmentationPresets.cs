namespace RfDetr.Training;

/// <summary>Named sets of variations.</summary>
public enum AugmentationPreset
{
    /// <summary>rf-detr's own: mirroring, and half of the images cropped.</summary>
    Default,

    /// <summary>Nothing: every epoch sees the same images.</summary>
    None,

    /// <summary>Little: for small sets of images that are all alike.</summary>
    Conservative,

    /// <summary>A fixed camera in changing light, vibrating and noisy.</summary>
    Industrial,

    /// <summary>Seen from above: there is no up.</summary>
    Aerial,

    /// <summary>Much: for few images of things seen from anywhere.</summary>
    Aggressive,
}

/// <summary>Named sets of <see cref="AugmentationOptions"/>, by how much the images of a field vary.</summary>
public static class AugmentationPresets
{
    /// <summary>rf-detr's own: mirroring, and half of the images cropped.</summary>
    public static AugmentationOptions Default { get; } = new();

    /// <summary>Nothing: every epoch sees the same images.</summary>
    public static AugmentationOptions None { get; } = new() { HorizontalFlip = 0, Crop = 0 };

    /// <summary>Little: for small sets of images that are all alike.</summary>
    public static AugmentationOptions Conservative { get; } = new()
    {
        Crop = 0.25,
        Color = 0.3,
        Brightness = 0.1,
        Contrast = 0.1,
        Saturation = 0.1,
        HueDegrees = 2,
        LeastVisible = 0.1,
    };

    /// <summary>Much: for few images of things seen from anywhere.</summary>
    public static AugmentationOptions Aggressive { get; } = new()
    {
        Affine = 0.5,
        RotationDegrees = 20,
        Scale = 0.4,
        ShearDegrees = 5,
        Shift = 0.15,
        Color = 0.8,
        Brightness = 0.3,
        Contrast = 0.3,
        Saturation = 0.4,
        HueDegrees = 10,
        Blur = 0.1,
        Noise = 0.1,
        Mosaic = 0.2,
        LeastVisible = 0.15,
    };

    /// <summary>Seen from above: there is no up.</summary>
    public static AugmentationOptions Aerial { get; } = new()
    {
        VerticalFlip = 0.5,
        QuarterTurn = 0.75,
        Affine = 0.2,
        RotationDegrees = 45,
        Scale = 0.2,
        ShearDegrees = 0,
        Shift = 0.05,
        Color = 0.4,
        Brightness = 0.2,
        Contrast = 0.2,
        Saturation = 0.2,
        HueDegrees = 4,
        LeastVisible = 0.15,
    };

    /// <summary>A fixed camera in changing light, vibrating and noisy.</summary>
    public static AugmentationOptions Industrial { get; } = new()
    {
        Crop = 0.25,
        Affine = 0.3,
        RotationDegrees = 3,
        Scale = 0.1,
        ShearDegrees = 1,
        Shift = 0.05,
        Color = 0.6,
        Brightness = 0.3,
        Contrast = 0.3,
        Saturation = 0.1,
        HueDegrees = 0,
        Blur = 0.2,
        BlurSigma = 1.5,
        Noise = 0.3,
        NoiseSigma = 8,
        LeastVisible = 0.1,
    };

    /// <summary>The values of a preset.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static AugmentationOptions Get(AugmentationPreset preset) => preset switch
    {
        AugmentationPreset.Default => Default,
        AugmentationPreset.None => None,
        AugmentationPreset.Conservative => Conservative,
        AugmentationPreset.Industrial => Industrial,
        AugmentationPreset.Aerial => Aerial,
        AugmentationPreset.Aggressive => Aggressive,
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "there is no such augmentation preset"),
    };
}
