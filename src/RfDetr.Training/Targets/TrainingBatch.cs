namespace RfDetr.Training;

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
