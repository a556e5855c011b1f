namespace RfDetr;

/// <summary>
/// Draws detections on an image: masks below, then boxes, then labels; earlier annotations on top of later ones.
/// </summary>
internal static class Painter
{
    /// <summary>Draws all annotations.</summary>
    /// <param name="canvas">The image; changed in place.</param>
    /// <param name="annotations">Best first: the first ones lie on top and choose the places of their labels first.</param>
    /// <param name="options">Appearance of the drawing.</param>
    /// <param name="labels">Renders text; null is allowed only if no label is to be shown.</param>
    /// <param name="placer">Places of labels that are taken already; null for none.</param>
    /// <exception cref="ArgumentException">
    /// A mask has another size than the canvas, or labels are wanted without a renderer.
    /// </exception>
    public static void Draw(
        Canvas canvas, IReadOnlyList<Annotation> annotations, DrawOptions options, ILabelRenderer? labels,
        LabelPlacer? placer = null)
    {
        Check(canvas, annotations, options, labels);
        DrawInside(canvas, annotations, options);
        if (options.Style is BoxStyle.Box or BoxStyle.Corners)
            DrawBoxes(canvas, annotations, options);
        if (options.ShowLabels && labels is not null)
            DrawLabels(canvas, annotations, options, labels, placer ?? new LabelPlacer(canvas.Width, canvas.Height));
    }

    private static void DrawInside(Canvas canvas, IReadOnlyList<Annotation> annotations, DrawOptions options)
    {
        float lineWidth = options.LineWidthFor(canvas.Width, canvas.Height);
        for (int i = annotations.Count - 1; i >= 0; i--)
        {
            switch (options.Style)
            {
                case BoxStyle.Blur when IsVisible(annotations[i], canvas, out PixelRect box):
                    RegionPainter.Blur(canvas, box);
                    break;
                case BoxStyle.Pixelate when IsVisible(annotations[i], canvas, out PixelRect box):
                    RegionPainter.Pixelate(canvas, box);
                    break;
                case BoxStyle.Box or BoxStyle.Corners or BoxStyle.None when annotations[i].Mask is { } mask:
                    MaskPainter.Draw(canvas, mask, Color(annotations[i], options), options, lineWidth);
                    break;
            }
        }
    }

    private static void DrawBoxes(Canvas canvas, IReadOnlyList<Annotation> annotations, DrawOptions options)
    {
        float lineWidth = options.LineWidthFor(canvas.Width, canvas.Height);
        for (int i = annotations.Count - 1; i >= 0; i--)
        {
            if (IsVisible(annotations[i], canvas, out _))
            {
                BoxXyxy box = annotations[i].Box.Clamp(canvas.Width, canvas.Height);
                BoxPainter.Draw(canvas, box, options.Style, lineWidth, Color(annotations[i], options));
            }
        }
    }

    private static void DrawLabels(
        Canvas canvas, IReadOnlyList<Annotation> annotations, DrawOptions options, ILabelRenderer renderer, LabelPlacer placer)
    {
        int textHeight = options.TextHeightFor(canvas.Width, canvas.Height);
        var plates = new List<LabelPainter.Plate>();
        foreach (Annotation annotation in annotations)
        {
            if (annotation.Label.Length > 0 && IsVisible(annotation, canvas, out PixelRect box))
            {
                Rgb color = Color(annotation, options);
                plates.Add(LabelPainter.Layout(placer, box, annotation.Label, color, textHeight, renderer));
            }
        }

        for (int i = plates.Count - 1; i >= 0; i--)
            LabelPainter.Draw(canvas, plates[i], textHeight);
    }

    private static bool IsVisible(Annotation annotation, Canvas canvas, out PixelRect pixels)
    {
        pixels = annotation.Box.ToPixelRect(canvas.Width, canvas.Height);
        return !pixels.IsEmpty;
    }

    private static Rgb Color(Annotation annotation, DrawOptions options) =>
        annotation.Color ?? options.Palette[annotation.ClassId];

    private static void Check(Canvas canvas, IReadOnlyList<Annotation> annotations, DrawOptions options, ILabelRenderer? labels)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ArgumentNullException.ThrowIfNull(annotations);
        ArgumentNullException.ThrowIfNull(options);
        for (int i = 0; i < annotations.Count; i++)
        {
            if (annotations[i].Mask is { } mask && (mask.Width != canvas.Width || mask.Height != canvas.Height))
            {
                throw new ArgumentException(
                    $"The mask of annotation {i} is {mask.Width}×{mask.Height}, but the image is {canvas.Width}×{canvas.Height} "
                    + "(width × height); decode it for this image.", nameof(annotations));
            }

            if (options.ShowLabels && labels is null && annotations[i].Label.Length > 0)
            {
                throw new ArgumentException(
                    $"Annotation {i} has the label '{annotations[i].Label}', but there is no label renderer; give one, or set "
                    + "ShowLabels to false.", nameof(labels));
            }
        }
    }
}

/// <summary>Draws the text of labels on plates of the class's color, in black or white, whichever reads better.</summary>
internal static class LabelPainter
{
    /// <summary>A label with its place.</summary>
    internal readonly record struct Plate(PixelRect Rect, GlyphBitmap Text, Rgb Color);

    /// <summary>Renders a label and finds its place.</summary>
    public static Plate Layout(
        LabelPlacer placer, PixelRect box, string label, Rgb color, int textHeight, ILabelRenderer renderer)
    {
        GlyphBitmap text = renderer.Render(label, textHeight);
        (int padX, int padY) = Padding(textHeight);
        return new Plate(placer.Place(box, text.Width + 2 * padX, text.Height + 2 * padY), text, color);
    }

    /// <summary>Draws a plate; what does not fit into the image is cut.</summary>
    public static void Draw(Canvas canvas, Plate plate, int textHeight)
    {
        canvas.Fill(plate.Rect, plate.Color);
        Rgb ink = plate.Color.ReadableText;
        (int padX, int padY) = Padding(textHeight);
        int left = plate.Rect.X + padX, top = plate.Rect.Y + padY;
        for (int y = 0; y < Math.Min(plate.Text.Height, canvas.Height - top); y++)
        {
            ReadOnlySpan<byte> alpha = plate.Text.Alpha.AsSpan(y * plate.Text.Width, plate.Text.Width);
            for (int x = 0; x < Math.Min(alpha.Length, canvas.Width - left); x++)
            {
                if (alpha[x] != 0)
                    canvas.Blend(left + x, top + y, ink, (alpha[x] * 257 + 128) >> 8);
            }
        }
    }

    private static (int X, int Y) Padding(int textHeight) => (Math.Max(2, textHeight / 4), Math.Max(1, textHeight / 8));
}
