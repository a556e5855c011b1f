using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// All masks of a batch in one row of bytes on the device, each as its window only, and one empty mask behind the last. Sampled
/// at points by index arithmetic, so that no mask is ever widened to floats or to the image's size.
/// </summary>
internal sealed class PackedMasks
{
    private readonly TorchTensor _pixels, _windows;
    private readonly int _imageHeight, _imageWidth;

    /// <summary>Packs masks of images of one size.</summary>
    public PackedMasks(IReadOnlyList<TargetMask> masks, int height, int width, Device device)
    {
        (_imageHeight, _imageWidth) = (height, width);
        var windows = new long[(masks.Count + 1) * 5];
        long total = 1; // byte 0 stands for everything outside of a window
        for (int i = 0; i < masks.Count; i++)
        {
            TargetMask m = masks[i];
            if (m.Pixels.Length != (long)m.Width * m.Height)
                throw new ArgumentException($"mask {i} is {m.Width}×{m.Height}, but has {m.Pixels.Length} pixels", nameof(masks));
            new long[] { m.X, m.Y, m.Width, m.Height, total }.CopyTo(windows, i * 5);
            total += m.Pixels.Length;
        }

        var pixels = new byte[total];
        long at = 1;
        foreach (TargetMask m in masks)
        {
            m.Pixels.CopyTo(pixels.AsSpan(checked((int)at)));
            at += m.Pixels.Length;
        }

        Count = masks.Count;
        _pixels = TorchTensor.From<byte>(pixels, [total], device);
        _windows = TorchTensor.From<long>(windows, [masks.Count + 1, 5], device);
    }

    /// <summary>Masks T; index T is the empty mask.</summary>
    public int Count { get; }

    /// <summary>The nearest pixels of masks at points; at the border the outermost pixels continue.</summary>
    /// <param name="masks">[M] indexes 0..T.</param>
    /// <param name="points">[M or 1, P, (x, y)], 0..1.</param>
    /// <returns>[M, P]: 0 or 1, of the points' type.</returns>
    public TorchTensor Sample(TorchTensor masks, TorchTensor points)
    {
        using var scope = new TorchScope();
        TorchTensor windows = _windows.IndexSelect(0, masks);                                          // [M, 5]
        TorchTensor column = Pixel(points, 0, _imageWidth) - windows.Narrow(1, 0, 1);                // [M, P]
        TorchTensor row = Pixel(points, 1, _imageHeight) - windows.Narrow(1, 1, 1);
        (TorchTensor width, TorchTensor height) = (windows.Narrow(1, 2, 1), windows.Narrow(1, 3, 1));
        TorchTensor inside = column.Ge(0).LogicalAnd(column.Lt(width)).LogicalAnd(row.Ge(0)).LogicalAnd(row.Lt(height));
        TorchTensor index = (row * width + column + windows.Narrow(1, 4, 1)) * inside.To(ScalarType.Int64);
        TorchTensor values = _pixels.IndexSelect(0, index.Flatten()).To(points.ScalarType);
        return scope.Keep(values.Reshape(index.Shape));
    }

    // Halves go to the even pixel, as grid_sample rounds.
    private static TorchTensor Pixel(TorchTensor points, int axis, int size) =>
        (points.Select(2, axis) * (double)size - 0.5).Clamp(0, size - 1).Round().To(ScalarType.Int64);
}
