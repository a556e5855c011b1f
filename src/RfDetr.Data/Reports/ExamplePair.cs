using System.Globalization;

namespace RfDetr.Data;

/// <summary>One image drawn twice: with its labeled objects, and with the objects that were found.</summary>
/// <param name="Caption">The image's name.</param>
/// <param name="FoundCaption">A sentence about the second drawing: how many objects it shows and from which score on.</param>
/// <param name="Truth">The image with its labeled objects, as JPEG.</param>
/// <param name="Found">The image with the objects that were found, as JPEG.</param>
internal sealed record ExamplePair(string Caption, string FoundCaption, byte[] Truth, byte[] Found)
{
    private const int Quality = 82;

    /// <summary>Draws both images and encodes them as JPEG.</summary>
    /// <param name="image">The labeled image.</param>
    /// <param name="pixels">The same image, decoded; of the size that the labels say.</param>
    /// <param name="found">The objects that were found in the image.</param>
    /// <param name="classes">Names and colors, by <see cref="DataClass.CategoryId"/>.</param>
    /// <param name="threshold">Detections of at least this score are drawn.</param>
    /// <param name="maxSide">Most pixels a side; larger images are shrunk by a whole number until they fit.</param>
    public static ExamplePair Draw(
        LabeledImage image, Image pixels, IEnumerable<FoundObject> found, ClassTable classes, double threshold, int maxSide = 960)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(pixels);
        (int width, int height) = (pixels.Width, pixels.Height);
        List<Annotation> truth = [.. image.Objects.Select(o => new Annotation(
            o.Box.ToXyxy(), o.ClassIndex, Name(classes, o.ClassIndex) + (o.IsCrowd ? " (crowd)" : ""),
            Fitting(o.Mask(image), width, height)))];
        FoundObject[] shown = [.. found.Where(f => f.Score >= threshold).OrderByDescending(f => f.Score)];
        List<Annotation> detections = [.. shown.Select(f =>
        {
            int index = classes.TryGetByCategory(f.CategoryId, out DataClass? known) ? known.Index : -1;
            string label = string.Create(CultureInfo.InvariantCulture, $"{Name(classes, index)} {f.Score:0.00}");
            return new Annotation(f.Box.ToXyxy(), index, label, Fitting(f.Mask, width, height));
        })];
        string caption = string.Create(
            CultureInfo.InvariantCulture,
            $"{shown.Length} found at score {threshold:0.00} or more, {image.Objects.Count} labeled");
        return new(image.Name, caption, Draw(pixels, truth, maxSide), Draw(pixels, detections, maxSide));
    }

    private static string Name(ClassTable classes, int index) =>
        classes.TryGetByIndex(index, out DataClass? known) ? known.Name : "?";

    private static RleMask? Fitting(RleMask? mask, int width, int height) =>
        mask is not null && mask.Width == width && mask.Height == height ? mask : null;

    private static byte[] Draw(Image pixels, IReadOnlyList<Annotation> annotations, int maxSide)
    {
        using Image drawn = pixels.Draw(annotations);
        using Image small = drawn.Shrink(maxSide);
        return small.Encode(ImageFormat.Jpeg, Quality);
    }
}
