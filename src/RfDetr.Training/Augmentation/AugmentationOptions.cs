namespace RfDetr.Training;

/// <summary>Variations of training images. Probabilities are 0 to 1; what has probability 0 is off.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Mirror left to right.</summary>
    public double HorizontalFlip { get; init; } = 0.5;

    /// <summary>Mirror top to bottom.</summary>
    public double VerticalFlip { get; init; }

    /// <summary>Turn by one, two or three quarters.</summary>
    public double QuarterTurn { get; init; }

    /// <summary>
    /// DETR's second branch: cut out 384 to 600 pixels each way of an image whose shorter side is 400, 500 or 600; the rest is
    /// stretched whole.
    /// </summary>
    public double Crop { get; init; } = 0.5;

    /// <summary>Rotate, scale, shear and shift, by the four ranges below.</summary>
    public double Affine { get; init; }

    /// <summary>Greatest rotation, degrees, 0 to 180.</summary>
    public double RotationDegrees { get; init; } = 10;

    /// <summary>Greatest enlargement and reduction: 0.2 means factors 0.8 to 1.2; below 1.</summary>
    public double Scale { get; init; } = 0.2;

    /// <summary>Greatest shear, degrees, 0 to 45.</summary>
    public double ShearDegrees { get; init; } = 2;

    /// <summary>Greatest shift as a share of the side, 0 to 1.</summary>
    public double Shift { get; init; } = 0.1;

    /// <summary>Change the colors, by the four ranges below.</summary>
    public double Color { get; init; }

    /// <summary>Greatest change of brightness: 0.2 means factors 0.8 to 1.2; below 1.</summary>
    public double Brightness { get; init; } = 0.2;

    /// <summary>Greatest change of contrast, likewise.</summary>
    public double Contrast { get; init; } = 0.2;

    /// <summary>Greatest change of saturation, likewise.</summary>
    public double Saturation { get; init; } = 0.2;

    /// <summary>Greatest turn of the hue, degrees, 0 to 180.</summary>
    public double HueDegrees { get; init; } = 5;

    /// <summary>Gaussian blur.</summary>
    public double Blur { get; init; }

    /// <summary>Its greatest standard deviation, pixels of the source, above 0 to 20.</summary>
    public double BlurSigma { get; init; } = 1.5;

    /// <summary>Noise.</summary>
    public double Noise { get; init; }

    /// <summary>Its greatest standard deviation, of 255, 0 to 100.</summary>
    public double NoiseSigma { get; init; } = 10;

    /// <summary>Four images in one.</summary>
    public double Mosaic { get; init; }

    /// <summary>Two images blended, with the objects of both.</summary>
    public double MixUp { get; init; }

    /// <summary>
    /// Objects of which a crop or a move leaves a smaller share of the area are dropped; 0 to 1. 0, DETR's own rule, keeps every
    /// sliver.
    /// </summary>
    public double LeastVisible { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">Values are out of range; the message lists all that are.</exception>
    public void Validate()
    {
        List<string> wrong = [];
        void Check(string name, double value, double most, bool open = false)
        {
            if (!(value >= 0 && (open ? value < most : value <= most)))
                wrong.Add(Invariant.Text($"{name} must be 0 to {(open ? "below " : "")}{most}, got {value}"));
        }

        Check(nameof(HorizontalFlip), HorizontalFlip, 1);
        Check(nameof(VerticalFlip), VerticalFlip, 1);
        Check(nameof(QuarterTurn), QuarterTurn, 1);
        Check(nameof(Crop), Crop, 1);
        Check(nameof(Affine), Affine, 1);
        Check(nameof(RotationDegrees), RotationDegrees, 180);
        Check(nameof(Scale), Scale, 1, open: true);
        Check(nameof(ShearDegrees), ShearDegrees, 45);
        Check(nameof(Shift), Shift, 1);
        Check(nameof(Color), Color, 1);
        Check(nameof(Brightness), Brightness, 1, open: true);
        Check(nameof(Contrast), Contrast, 1, open: true);
        Check(nameof(Saturation), Saturation, 1);
        Check(nameof(HueDegrees), HueDegrees, 180);
        Check(nameof(Blur), Blur, 1);
        Check(nameof(BlurSigma), BlurSigma, 20);
        Check(nameof(Noise), Noise, 1);
        Check(nameof(NoiseSigma), NoiseSigma, 100);
        Check(nameof(Mosaic), Mosaic, 1);
        Check(nameof(MixUp), MixUp, 1);
        Check(nameof(LeastVisible), LeastVisible, 1);
        if (wrong.Count > 0)
            throw new ArgumentException($"augmentation: {string.Join("; ", wrong)}");
    }
}
