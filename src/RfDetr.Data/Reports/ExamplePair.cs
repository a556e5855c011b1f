using System.Globalization;

namespace RfDetr.Data;

/// <summary>An image twice: with its truth drawn in, and with what was found.</summary>
/// <param name="Caption">The image's name.</param>
/// <param name="FoundCaption">What the second one shows.</param>
/// <param name="Truth">JPEG.</param>
/// <param name="Found">JPEG.</param>
public sealed record ExamplePair(string Caption, string FoundCaption, byte[] Truth, byte[] Found)
{
    private const int Quality = 82;

    /// <summary>Draws both; needs libvips.</summary>
    /// <param name="image">The labeled image.</param>
    /// <param name="frame">Its pixels, in RGB and of the size that the labels say.</param>
    /// <param name="found">What was found in it.</param>
    /// <param name="classes">Names and colors, by <see cref="DataClass.CategoryId"/>.</param>
    /// <param name="threshold">Detections of at least this score are drawn.</param>
    /// <param name="maxSide">Larger images are shrunk by a whole number until they fit, in pixels.</param>
    public static ExamplePair Draw(
        LabeledImage image, PixelFrame frame, IEnumerable<FoundObject> found, ClassTable classes, double threshold, int maxSide = 960)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(classes);
        (int width, int height) = (frame.Width, frame.Height);
        List<Annotation> truth = [.. image.Objects.Select(o => new Annotation(
            o.Box.ToXyxy(), o.ClassIndex, Name(classes, o.ClassIndex) + (o.IsCrowd ? " (crowd)" : ""), Fitting(o.Mask(image), width, height)))];
        FoundObject[] shown = [.. found.Where(f => f.Score >= threshold).OrderByDescending(f => f.Score)];
        List<Annotation> detections = [.. shown.Select(f =>
        {
            int index = classes.TryGetByCategory(f.CategoryId, out DataClass? known) ? known.Index : -1;
            return new Annotation(f.Box.ToXyxy(), index, string.Create(CultureInfo.InvariantCulture, $"{Name(classes, index)} {f.Score:0.00}"), Fitting(f.Mask, width, height));
        })];
        string caption = string.Create(CultureInfo.InvariantCulture, $"{shown.Length} found at score {threshold:0.00} or more, {image.Objects.Count} labeled");
        return new(image.Name, caption, Draw(frame, truth, maxSide), Draw(frame, detections, maxSide));
    }

    private static string Name(ClassTable classes, int index) => classes.TryGetByIndex(index, out DataClass? known) ? known.Name : "?";

    private static RleMask? Fitting(RleMask? mask, int width, int height) => mask is not null && mask.Width == width && mask.Height == height ? mask : null;

    private static byte[] Draw(PixelFrame frame, IReadOnlyList<Annotation> annotations, int maxSide)
    {
        var canvas = new Canvas(frame.Width, frame.Height);
        canvas.CopyFrom(frame.Data, frame.Stride);
        Painter.Draw(canvas, annotations, new DrawOptions(), SystemLabels.Instance);
        int factor = (Math.Max(frame.Width, frame.Height) + maxSide - 1) / maxSide;
        (byte[] pixels, int width, int height) = Shrink(canvas, factor);
        return ImageEncoder.Encode(new PixelFrame(pixels, width, height, 0, PixelFormat.Rgb24), ImageFormat.Jpeg, new EncodeOptions { Quality = Quality });
    }

    /// <summary>Means of squares of <paramref name="factor"/> pixels; what is left at the right and bottom is cut off.</summary>
    private static (byte[] Pixels, int Width, int Height) Shrink(Canvas canvas, int factor)
    {
        if (factor == 1)
            return (canvas.Pixels.ToArray(), canvas.Width, canvas.Height);
        int width = Math.Max(canvas.Width / factor, 1), height = Math.Max(canvas.Height / factor, 1);
        (int stepX, int stepY) = (Math.Min(factor, canvas.Width), Math.Min(factor, canvas.Height));
        var pixels = new byte[width * height * 3];
        for (int at = 0; at < pixels.Length; at++)
        {
            int x = at / 3 % width, y = at / 3 / width, sum = 0;
            for (int row = 0; row < stepY; row++)
            {
                for (int column = 0; column < stepX; column++)
                    sum += canvas.Row(y * factor + row)[(x * factor + column) * 3 + at % 3];
            }

            pixels[at] = (byte)((sum + stepX * stepY / 2) / (stepX * stepY));
        }

        return (pixels, width, height);
    }
}
