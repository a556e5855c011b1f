
namespace RfDetr.Tools;

/// <summary>Draws one image twice, as each model sees it: what both found is gray, what only one found has a color.</summary>
internal static class DiffDrawing
{
    private const int MostSide = 900;

    // The page's c1 and c0 in its light form; the gray is readable on light and dark images.
    private static readonly Rgb s_both = new(150, 158, 166), s_lost = new(213, 94, 0), s_new = new(0, 114, 178);

    // Many faint masks may lie on each other; their outlines tell them apart.
    private static readonly DrawOptions s_draw = new() { MaskOpacity = 0.12f };

    /// <summary>Both drawings as JPEG.</summary>
    public static (byte[] A, byte[] B) Draw(ImageDiff diff)
    {
        using Image image = Image.Load(diff.File);
        return (
            Draw(image, [.. diff.Lost.Select(u => Note(u, s_lost)), .. diff.Matched.Select(m => Note(m.A, s_both))]),
            Draw(image, [.. diff.New.Select(u => Note(u, s_new)), .. diff.Matched.Select(m => Note(m.B, s_both))]));
    }

    private static byte[] Draw(Image image, IReadOnlyList<Annotation> annotations)
    {
        var canvas = new Canvas(image.Width, image.Height);
        canvas.CopyFrom(image.Frame.Data, image.Frame.Stride);
        Painter.Draw(canvas, annotations, s_draw, SystemLabels.Instance);
        Canvas small = Shrink(canvas);
        var frame = new PixelFrame(small.Pixels, small.Width, small.Height, 0, PixelFormat.Rgb24);
        return ImageEncoder.Encode(frame, ImageFormat.Jpeg, new EncodeOptions { Quality = 82 });
    }

    private static Annotation Note(UnmatchedDetection u, Rgb color) => Note(u.Found, color) with
    {
        Label = FormattableString.Invariant($"{u.Found.ClassName} {u.Found.Score:0.00}{(u.OtherScore is { } other ? FormattableString.Invariant($" (other {other:0.00})") : "")}"),
    };

    private static Annotation Note(Detection d, Rgb color) =>
        new(d.Box, d.ClassId, FormattableString.Invariant($"{d.ClassName} {d.Score:0.00}"), d.Mask, color);

    // Means of whole squares of pixels: enough for a gallery, and a page of 4K images would be too heavy to open.
    private static Canvas Shrink(Canvas large)
    {
        int n = (Math.Max(large.Width, large.Height) + MostSide - 1) / MostSide;
        if (n <= 1 || large.Width < n || large.Height < n)
            return large;
        var small = new Canvas(large.Width / n, large.Height / n);
        for (int y = 0; y < small.Height; y++)
        {
            Span<byte> target = small.Row(y);
            for (int i = 0; i < target.Length; i++)
            {
                int x = i / 3 * n, channel = i % 3, sum = 0;
                for (int dy = 0; dy < n; dy++)
                {
                    Span<byte> row = large.Row(y * n + dy);
                    for (int dx = 0; dx < n; dx++)
                        sum += row[(x + dx) * 3 + channel];
                }

                target[i] = (byte)(sum / (n * n));
            }
        }

        return small;
    }
}
