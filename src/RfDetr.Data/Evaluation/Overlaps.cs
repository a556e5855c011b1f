namespace RfDetr.Data;

/// <summary>IoU of detections with the truth, in double as pycocotools computes it.</summary>
internal static class Overlaps
{
    /// <summary>Fills one row per detection, one column per object; and the largest overlap of each detection.</summary>
    public static void Fill(
        ReadOnlySpan<TruthObject> truth, ReadOnlySpan<FoundObject> found, EvaluationKind kind, Span<double> ious,
        Span<double> largest)
    {
        for (int d = 0; d < found.Length; d++)
        {
            largest[d] = 0;
            for (int g = 0; g < truth.Length; g++)
            {
                double iou = kind == EvaluationKind.Boxes
                    ? OfBoxes(found[d].Box, truth[g].Box, truth[g].Crowd)
                    : found[d].Mask!.IoU(truth[g].Mask!, truth[g].Crowd);
                ious[d * truth.Length + g] = iou;
                largest[d] = Math.Max(largest[d], iou);
            }
        }
    }

    /// <summary>Intersection over union, 0..1; over the detection's own area for a crowd.</summary>
    public static double OfBoxes(in BoxXywh found, in BoxXywh truth, bool crowd)
    {
        double width = Math.Min(found.X + found.Width, truth.X + truth.Width) - Math.Max(found.X, truth.X);
        double height = Math.Min(found.Y + found.Height, truth.Y + truth.Height) - Math.Max(found.Y, truth.Y);
        if (width <= 0 || height <= 0)
            return 0;
        double intersection = width * height, area = found.Width * found.Height;
        return intersection / (crowd ? area : area + truth.Width * truth.Height - intersection);
    }

    /// <summary>Everything that the formulas above rely on.</summary>
    /// <exception cref="ArgumentException">
    /// A number is not finite, a mask is missing, or masks of one image differ in size.
    /// </exception>
    public static void Check(EvaluationGroups groups, EvaluationKind kind)
    {
        foreach (TruthObject truth in groups.Truth)
        {
            // An area decides about ranges only, and one that is no number lies in all of them (AreaRange.Contains).
            if (!IsFinite(truth.Box))
                throw NotFinite($"an object of image {truth.ImageId} has the box {truth.Box}");
        }

        foreach (FoundObject found in groups.Found)
        {
            if (!IsFinite(found.Box) || !double.IsFinite(found.Area ?? 0) || !double.IsFinite(found.Score))
                throw NotFinite(
                    $"a detection of image {found.ImageId} has the score {found.Score}, the box {found.Box} and the area "
                        + $"{found.Area}");
        }

        if (kind == EvaluationKind.Masks)
            CheckMasks(groups);
    }

    private static void CheckMasks(EvaluationGroups groups)
    {
        var sizes = new Dictionary<long, (int Height, int Width)>(MixedHash.Instance);
        foreach (TruthObject truth in groups.Truth)
            CheckMask(sizes, truth.ImageId, truth.Mask, "an object");
        foreach (FoundObject found in groups.Found)
            CheckMask(sizes, found.ImageId, found.Mask, "a detection");
    }

    private static void CheckMask(Dictionary<long, (int Height, int Width)> sizes, long image, RleMask? mask, string whose)
    {
        if (mask is null)
            throw new ArgumentException(
                $"{whose} of image {image} has no mask; evaluate boxes, or give every object and detection one.");
        if (!sizes.TryAdd(image, (mask.Height, mask.Width)) && sizes[image] != (mask.Height, mask.Width))
            throw new ArgumentException(
                $"{whose} of image {image} has a mask of {mask.Height}×{mask.Width}, another one of the same image has "
                    + $"{sizes[image].Height}×{sizes[image].Width} (height × width); all must be of the image's size.");
    }

    private static bool IsFinite(in BoxXywh box) => double.IsFinite(box.X + box.Y + box.Width + box.Height);

    private static ArgumentException NotFinite(string what) => new($"{what}; all of these must be finite numbers.");
}
