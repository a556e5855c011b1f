using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Bilinear sampling of masks and features at points of the unit square; beyond the outermost pixel centers the border continues.
/// </summary>
internal static class MaskSampling
{
    /// <summary>Each mask at its own points.</summary>
    /// <param name="masks">[M, 1, h, w].</param>
    /// <param name="points">[M, P, (x, y)], 0..1.</param>
    /// <returns>[M, P].</returns>
    public static TorchTensor At(TorchTensor masks, TorchTensor points)
    {
        TorchTensor grid = (points * 2.0 - 1.0).Unsqueeze(1);                                                    // [M, 1, P, 2]
        return masks.GridSample(grid, SampleMode.Bilinear, SamplePadding.Border)                               // [M, 1, 1, P]
            .Reshape(masks.Shape[0], points.Shape[1]);
    }

    /// <summary>All images' features at points common to them: four gathers of rows, whatever the layout of the rest.</summary>
    /// <param name="features">[B, h, w, d].</param>
    /// <param name="points">[2·S], x and y in turn, 0..1.</param>
    /// <returns>[B, S, d].</returns>
    public static TorchTensor Common(TorchTensor features, ReadOnlySpan<float> points)
    {
        (int h, int w, int count) = ((int)features.Shape[1], (int)features.Shape[2], points.Length / 2);
        var pixels = new long[4 * count];
        var shares = new double[4 * count];
        for (int i = 0; i < count; i++)
        {
            (int x, double right) = Split(points[2 * i], w);
            (int y, double down) = Split(points[2 * i + 1], h);
            (int nextX, int nextY) = (Math.Min(x + 1, w - 1), Math.Min(y + 1, h - 1));
            (pixels[i], shares[i]) = (y * w + x, (1 - down) * (1 - right));
            (pixels[count + i], shares[count + i]) = (y * w + nextX, (1 - down) * right);
            (pixels[2 * count + i], shares[2 * count + i]) = (nextY * w + x, down * (1 - right));
            (pixels[3 * count + i], shares[3 * count + i]) = (nextY * w + nextX, down * right);
        }

        TorchTensor rows = features.Reshape(features.Shape[0], h * w, features.Shape[3])
            .IndexSelect(1, TorchTensor.From<long>(pixels, [4 * count], features.Device));               // [B, 4·S, d]
        TorchTensor weights = TorchTensor.From<double>(shares, [4, count, 1], features.Device).To(features.ScalarType);
        return (rows.Reshape(features.Shape[0], 4, count, features.Shape[3]) * weights).Sum(1, false);   // [B, S, d]
    }

    // A coordinate 0..1 as pixel and share of the next one; pixel centers are at halves.
    private static (int Pixel, double Next) Split(double at, int size)
    {
        double pixel = Math.Clamp(at * size - 0.5, 0, size - 1);
        return ((int)pixel, pixel - Math.Floor(pixel));
    }
}
