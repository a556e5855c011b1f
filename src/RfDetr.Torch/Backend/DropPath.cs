namespace RfDetr.Torch;

/// <summary>
/// Stochastic depth (arXiv 1603.09382): for each image at random, a branch is left out; the others are scaled so that the mean
/// stays.
/// </summary>
internal static class DropPath
{
    /// <summary>Value [B·k, …], rows of an image together; <paramref name="keep"/> is the share of images that keep it.</summary>
    public static TorchTensor Apply(TorchTensor value, int images, double keep)
    {
        long[] shape = value.Shape;
        if (images <= 0 || shape[0] % images != 0)
            throw new InvalidOperationException(
                $"drop path works per image: {shape[0]} rows are not those of {images} images; give the batch through "
                    + $"TorchBackend.Images");
        TorchTensor mask = TorchTensor.Empty([images, 1], value.ScalarType, value.Device).Bernoulli_(keep).Div_(keep);
        return (value.Reshape(images, -1) * mask).Reshape(shape);
    }
}
