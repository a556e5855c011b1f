namespace RfDetr.Training;

/// <summary>Applies <see cref="AugmentationOptions"/>: what is drawn depends on the given random stream only.</summary>
internal static class Augmenter
{
    /// <summary>A varied sample.</summary>
    /// <param name="sample">The image as it is.</param>
    /// <param name="options">Validated.</param>
    /// <param name="random">This image's own stream.</param>
    /// <param name="another">Some other image of the set, for mosaic and mix-up.</param>
    public static Sample Apply(
        Sample sample, AugmentationOptions options, SampleRandom random, Func<SampleRandom, Sample> another)
    {
        Sample s = sample;
        if (random.Chance(options.Mosaic))
            s = Mixing.Mosaic([s, another(random), another(random), another(random)], options.LeastVisible, random);
        if (random.Chance(options.MixUp))
            s = Mixing.MixUp(s, another(random), random);
        if (random.Chance(options.QuarterTurn))
            s = Flips.Turn(s, 1 + random.Below(3));
        if (random.Chance(options.VerticalFlip))
            s = Flips.Vertical(s);
        if (random.Chance(options.HorizontalFlip))
            s = Flips.Horizontal(s);
        if (random.Chance(options.Affine))
            s = Warp.Apply(s, DrawMap(s, options, random), options.LeastVisible);
        if (random.Chance(options.Crop))
            s = Crops.Crop(s, Crops.DetrCrop(s.Width, s.Height, random), options.LeastVisible);
        if (random.Chance(options.Color))
        {
            s = Colors.Adjust(s,
                1 + random.Either(options.Brightness), 1 + random.Either(options.Contrast), 1 + random.Either(options.Saturation),
                random.Either(options.HueDegrees));
        }

        if (random.Chance(options.Blur))
            s = Blur.Gaussian(s, Math.Max(random.Range(0, options.BlurSigma), 0.1));
        if (random.Chance(options.Noise))
            s = Colors.Noise(s, random.Range(0, options.NoiseSigma), random);
        return s;
    }

    private static Affine DrawMap(Sample s, AugmentationOptions options, SampleRandom random) => Affine.About(
        s.Width / 2.0, s.Height / 2.0,
        random.Either(options.RotationDegrees), 1 + random.Either(options.Scale), random.Either(options.ShearDegrees),
        random.Either(options.Shift) * s.Width, random.Either(options.Shift) * s.Height);
}
