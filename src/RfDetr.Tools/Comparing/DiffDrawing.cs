namespace RfDetr.Tools;

/// <summary>
/// Draws one image twice, as each model sees it: objects that both found are gray, those that only one found have a color.
/// </summary>
internal static class DiffDrawing
{
    private const int MostSide = 900;

    // The colors c1 and c0 of the page's light theme; the gray is readable on light and dark images.
    private static readonly Rgb s_both = new(150, 158, 166), s_lost = new(213, 94, 0), s_new = new(0, 114, 178);

    // Many masks may overlap, so they are faint; their outlines keep them apart.
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
        using Image drawn = image.Draw(annotations, s_draw);
        using Image small = drawn.Shrink(MostSide);
        return small.Encode(ImageFormat.Jpeg, quality: 82);
    }

    private static Annotation Note(UnmatchedDetection u, Rgb color)
    {
        Annotation note = Note(u.Found, color);
        return u.OtherScore is { } other
            ? note with { Label = Invariant.Text($"{note.Label} (other {other:0.00})") }
            : note;
    }

    private static Annotation Note(Detection d, Rgb color) => d.ToAnnotation() with { Color = color };
}
