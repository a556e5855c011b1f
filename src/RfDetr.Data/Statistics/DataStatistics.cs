namespace RfDetr.Data;

/// <summary>Figures of one class in one split.</summary>
/// <param name="Class">The class.</param>
/// <param name="Objects">Its objects, crowds left out.</param>
/// <param name="Images">Images with at least one.</param>
/// <param name="Small">Objects of an area below 32² pixels (COCO's ranges).</param>
/// <param name="Medium">32² to below 96².</param>
/// <param name="Large">96² and more.</param>
/// <param name="Size">√(box area) as a share of √(image area).</param>
/// <param name="Aspect">Width ÷ height of the boxes.</param>
public sealed record ClassStatistics(
    DataClass Class, int Objects, int Images, int Small, int Medium, int Large, Distribution Size, Distribution Aspect);

/// <summary>Figures of one split.</summary>
/// <param name="Name">The split.</param>
/// <param name="Images">Its images.</param>
/// <param name="Empty">Images without objects.</param>
/// <param name="Objects">Objects, crowds left out.</param>
/// <param name="Crowds">Crowd regions.</param>
/// <param name="WithMask">Objects with a mask.</param>
/// <param name="PerImage">Objects of an image.</param>
/// <param name="Width">Widths of the images, pixels.</param>
/// <param name="Height">Heights of the images, pixels.</param>
/// <param name="Classes">In the order of the data set's classes.</param>
public sealed record SplitStatistics(
    string Name, int Images, int Empty, int Objects, int Crowds, int WithMask,
    Distribution PerImage, Distribution Width, Distribution Height, IReadOnlyList<ClassStatistics> Classes)
{
    /// <summary>Counts a split; images are not read.</summary>
    public static SplitStatistics Of(DataSplit split)
    {
        ArgumentNullException.ThrowIfNull(split);
        ILookup<int, (LabeledImage Image, LabeledObject Object)> byClass = split.Images
            .SelectMany(image => image.Objects.Where(o => !o.IsCrowd).Select(o => (image, o)))
            .ToLookup(pair => pair.o.ClassIndex);
        LabeledObject[] all = [.. split.Images.SelectMany(p => p.Objects)];
        return new SplitStatistics(
            split.Name,
            split.Images.Count,
            split.Images.Count(p => p.Objects.Count == 0),
            all.Count(o => !o.IsCrowd),
            all.Count(o => o.IsCrowd),
            all.Count(o => !o.IsCrowd && o.Segmentation is not null),
            Distribution.Of(split.Images.Select(p => (double)p.Objects.Count(o => !o.IsCrowd))),
            Distribution.Of(split.Images.Select(p => (double)p.Width)),
            Distribution.Of(split.Images.Select(p => (double)p.Height)),
            [.. split.Classes.Select(c => Of(c, [.. byClass[c.Index]]))]);
    }

    private static ClassStatistics Of(DataClass which, (LabeledImage Image, LabeledObject Object)[] found) => new(
        which,
        found.Length,
        found.Select(f => f.Image.Id).Distinct(MixedHash.Instance).Count(),
        found.Count(f => f.Object.Area < AreaRange.Small),
        found.Count(f => f.Object.Area is >= AreaRange.Small and < AreaRange.Medium),
        found.Count(f => f.Object.Area >= AreaRange.Medium),
        Distribution.Of(found.Select(f => Math.Sqrt(f.Object.Box.Area / ((double)f.Image.Width * f.Image.Height)))),
        Distribution.Of(found.Where(f => f.Object.Box.HasArea).Select(f => f.Object.Box.Width / f.Object.Box.Height)));
}

/// <summary>Spread of a set of numbers.</summary>
/// <param name="Count">Number of values; the rest is 0 if none.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Tenth">A tenth is at or below it.</param>
/// <param name="Median">Half is at or below it.</param>
/// <param name="Ninetieth">Nine tenths are at or below it.</param>
/// <param name="Most">The largest.</param>
/// <param name="Mean">Their mean.</param>
public sealed record Distribution(
    int Count, double Least, double Tenth, double Median, double Ninetieth, double Most, double Mean)
{
    /// <summary>Sorts and reads off; quantiles are values that occur (nearest rank).</summary>
    public static Distribution Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            return new(0, 0, 0, 0, 0, 0, 0);
        double At(double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
        return new(sorted.Length, sorted[0], At(0.1), At(0.5), At(0.9), sorted[^1], sorted.Average());
    }
}
