using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>An image with its objects on the way to a batch. Never changed: an augmentation gives a new one.</summary>
/// <param name="Rgb">[Height, Width, 3], rows from the top, red first.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Objects">Boxes and masks inside the image, each with an area.</param>
internal sealed record Sample(byte[] Rgb, int Width, int Height, SampleObject[] Objects);

/// <summary>An object of a <see cref="Sample"/>.</summary>
/// <param name="Label">Index of the class logit.</param>
/// <param name="Box">Pixels of the sample.</param>
/// <param name="Mask">Pixels of the sample, not empty; null where there are no masks.</param>
internal sealed record SampleObject(int Label, BoxXywh Box, TargetMask? Mask);
