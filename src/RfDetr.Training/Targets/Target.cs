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

/// <summary>
/// A mask as the window of pixels that holds it, so that memory follows the objects' size, not the image's; outside the window it
/// is 0.
/// </summary>
/// <param name="X">Left column of the window in the batch's image.</param>
/// <param name="Y">Top row.</param>
/// <param name="Width">Columns; 0 for an empty mask.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">[Height, Width] row-major: 1 inside the object, else 0.</param>
internal sealed record TargetMask(int X, int Y, int Width, int Height, byte[] Pixels)
{
    /// <summary>1 inside the object, else 0; 0 outside the window.</summary>
    public byte At(int x, int y)
    {
        int column = x - X, row = y - Y;
        return (uint)column < (uint)Width && (uint)row < (uint)Height ? Pixels[row * Width + column] : (byte)0;
    }
}

/// <summary>Data that one step is computed from. Owns its data.</summary>
/// <param name="Pixels">[B, 3, Height, Width], normalized.</param>
/// <param name="Height">Pixels, a multiple of the model's size divisor.</param>
/// <param name="Width">Pixels, likewise.</param>
/// <param name="Targets">[B].</param>
/// <param name="Files">[B]: where the images came from, for messages and replay.</param>
internal sealed record TrainingBatch(float[] Pixels, int Height, int Width, Target[] Targets, string[] Files)
{
    /// <summary>Number of images B.</summary>
    public int Size => Targets.Length;
}
