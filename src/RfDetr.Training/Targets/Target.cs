namespace RfDetr.Training;

/// <summary>
/// The objects of one image of a batch, after augmentation, at the batch's size. Owns its data; not changed after it was made.
/// </summary>
/// <param name="Boxes">[n, 4] row-major: cx, cy, w, h, each 0..1 of the image.</param>
/// <param name="Labels">[n]: index of the class logit.</param>
/// <param name="Masks">[n], cut to what is set; null if the model has no masks.</param>
/// <param name="ImageId">The image's id in its data set.</param>
internal sealed record Target(float[] Boxes, int[] Labels, TargetMask[]? Masks, long ImageId)
{
    /// <summary>Number of objects.</summary>
    public int Count => Labels.Length;
}
