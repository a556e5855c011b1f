using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>The targets of a batch on the device: all in one row, and padded to the image that has the most.</summary>
internal sealed class BatchTargets
{
    private static readonly float[] _padding = [0.5f, 0.5f, 1, 1];

    /// <summary>Checks and uploads.</summary>
    /// <param name="targets">[B].</param>
    /// <param name="classLogits">Logits C of the class head.</param>
    /// <param name="masks">True if masks are needed.</param>
    /// <param name="height">Of the batch's images, pixels.</param>
    /// <param name="width">Of the batch's images, pixels.</param>
    /// <param name="type">Element type of the boxes.</param>
    /// <param name="device">Target device.</param>
    /// <exception cref="ArgumentException">
    /// A label is beyond the head, boxes do not fit the labels, or masks are missing.
    /// </exception>
    public BatchTargets(
        IReadOnlyList<Target> targets, int classLogits, bool masks, int height, int width, ScalarType type, Device device)
    {
        foreach (Target target in targets)
            Check(target, classLogits, masks);
        Counts = [.. targets.Select(t => t.Count)];
        Total = Counts.Sum();
        Most = Counts.DefaultIfEmpty(0).Max();
        Boxes = TorchTensor.From<float>(targets.SelectMany(t => t.Boxes).ToArray(), [Total, 4], device).To(type);
        Labels = [.. targets.SelectMany(t => t.Labels)];
        Padded = new long[targets.Count * Most];
        Array.Fill(Padded, Total);
        for (int b = 0, at = 0; b < targets.Count; b++)
        {
            for (int i = 0; i < Counts[b]; i++)
                Padded[b * Most + i] = at++;
        }

        PaddedIndexes = TorchTensor.From<long>(Padded, [Padded.Length], device);
        TorchTensor padding = TorchTensor.From<float>(_padding, [1, 4], device).To(type);
        PaddedBoxes = TorchTensor.Cat([Boxes, padding], 0).IndexSelect(0, PaddedIndexes).Reshape(targets.Count, Most, 4);
        PaddedLabels = TorchTensor.From<long>(
            Padded.Select(i => i == Total ? 0L : Labels[i]).ToArray(), [targets.Count, Most], device);
        Masks = masks ? new PackedMasks([.. targets.SelectMany(t => t.Masks!)], height, width, device) : null;
    }

    /// <summary>Objects of each image.</summary>
    public int[] Counts { get; }

    /// <summary>Objects T of all images.</summary>
    public int Total { get; }

    /// <summary>The largest of <see cref="Counts"/>.</summary>
    public int Most { get; }

    /// <summary>[T].</summary>
    public int[] Labels { get; }

    /// <summary>[T, (cx, cy, w, h)].</summary>
    public TorchTensor Boxes { get; }

    /// <summary>[B · Most]: index of each image's objects, T where there is none.</summary>
    public long[] Padded { get; }

    /// <summary><see cref="Padded"/> on the device.</summary>
    public TorchTensor PaddedIndexes { get; }

    /// <summary>[B, Most, (cx, cy, w, h)]; the whole image where there is no object.</summary>
    public TorchTensor PaddedBoxes { get; }

    /// <summary>[B, Most]; 0 where there is no object.</summary>
    public TorchTensor PaddedLabels { get; }

    /// <summary>The masks; null without.</summary>
    public PackedMasks? Masks { get; }

    private static void Check(Target target, int classLogits, bool masks)
    {
        if (target.Boxes.Length != 4 * target.Count)
            throw new ArgumentException(
                $"image {target.ImageId} has {target.Count} labels and {target.Boxes.Length} box numbers; there must be "
                    + $"four for each label");
        foreach (int label in target.Labels)
        {
            if (label < 0 || label >= classLogits)
                throw new ArgumentException(
                    $"image {target.ImageId} has an object of label {label}; the class head has {classLogits} logits, so "
                        + $"labels are 0 to {classLogits - 1}");
        }

        if (masks && target.Masks?.Length != target.Count)
            throw new ArgumentException(
                $"image {target.ImageId} has {target.Count} objects and {target.Masks?.Length ?? 0} masks; a model with "
                    + $"a mask head needs one for each object");
    }
}
