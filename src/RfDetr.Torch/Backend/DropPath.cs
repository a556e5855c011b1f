namespace RfDetr.Torch;

/// <summary>Stochastic depth (arXiv 1603.09382): for each picture at random, a branch is left out; the others are scaled so that the mean stays.</summary>
internal static class DropPath
{
    /// <summary>Value [B·k, …], rows of a picture together; <paramref name="keep"/> is the share of pictures that keep it.</summary>
    public static TorchTensor Apply(TorchTensor value, int pictures, double keep)
    {
        long[] shape = value.Shape;
        if (pictures <= 0 || shape[0] % pictures != 0)
            throw new InvalidOperationException($"drop path works per picture: {shape[0]} rows are not those of {pictures} pictures; give the batch through TorchBackend.Pictures");
        TorchTensor mask = TorchTensor.Empty([pictures, 1], value.ScalarType, value.Device).Bernoulli_(keep).Div_(keep);
        return (value.Reshape(pictures, -1) * mask).Reshape(shape);
    }
}
