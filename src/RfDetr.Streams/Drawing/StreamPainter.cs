namespace RfDetr.Streams;

/// <summary>
/// Draws frames of an analysis: zones and lines with their counts below, then trails, masks, boxes, and labels with ids on top.
/// One instance serves one analysis; not safe for several threads at once.
/// </summary>
public sealed class StreamPainter
{
    private const double ZoneOpacity = 0.15;
    private const double TrailOpacity = 0.9;

    // Ids and classes begin at different ends of the palette, and neither with the colors of lines and zones.
    private const int PlaceColors = 1000;

    private readonly VideoAnalysis _analysis;
    private readonly StreamDrawOptions _options;
    private readonly Trails _trails;
    private readonly Dictionary<int, (RleMask Mask, int Width, int Height)> _fills = [];

    /// <summary>A painter for an analysis.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public StreamPainter(VideoAnalysis analysis, StreamDrawOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        (_analysis, _options) = (analysis, options ?? new StreamDrawOptions());
        _options.Validate();
        _trails = new Trails(_options.TrailFrames, Anchor.BottomCenter);
    }

    /// <summary>Draws on the frame's own pixels.</summary>
    public void Draw(AnalyzedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var canvas = Canvas.Over(frame.Rgb, frame.Width, frame.Height);
        try
        {
            Draw(canvas, frame);
        }
        finally
        {
            canvas.Release();
        }
    }

    private void Draw(Canvas canvas, AnalyzedFrame frame)
    {
        DrawOptions draw = _options.Draw;
        float width = draw.LineWidthFor(canvas.Width, canvas.Height);
        int text = draw.TextHeightFor(canvas.Width, canvas.Height);
        var placer = new LabelPlacer(canvas.Width, canvas.Height);
        var counts = new List<LabelPainter.Plate>();
        if (_options.ShowZones)
        {
            for (int i = 0; i < _analysis.Zones.Count; i++)
                counts.Add(DrawZone(canvas, i, placer, width, text));
            for (int i = 0; i < _analysis.Lines.Count; i++)
                counts.Add(DrawLine(canvas, i, placer, width, text));
        }

        // What must not be recognized is hidden before anything is drawn over it.
        bool hides = draw.Style is BoxStyle.Blur or BoxStyle.Pixelate;
        Annotation[] annotations = [.. frame.Objects.Select(ToAnnotation)];
        if (!hides)
            DrawTrails(canvas, frame, width);
        Painter.Draw(canvas, annotations, draw, SystemLabels.Instance, placer);
        if (hides)
            DrawTrails(canvas, frame, width);
        foreach (LabelPainter.Plate plate in counts)
            LabelPainter.Draw(canvas, plate, text);
    }

    private LabelPainter.Plate DrawZone(Canvas canvas, int number, LabelPlacer placer, float width, int text)
    {
        PolygonZone zone = _analysis.Zones[number];
        Rgb color = _options.Draw.Palette[PlaceColors + number];
        IReadOnlyList<(double X, double Y)> corners = zone.Corners;
        if (!_fills.TryGetValue(number, out (RleMask Mask, int Width, int Height) fill)
            || (fill.Width, fill.Height) != (canvas.Width, canvas.Height))
        {
            double[] polygon = [.. corners.SelectMany(c => (double[])[c.X, c.Y])];
            RleMask mask = RleMask.FromPolygons(canvas.Height, canvas.Width, [polygon]);
            _fills[number] = fill = (mask, canvas.Width, canvas.Height);
        }

        MaskPainter.Draw(canvas, fill.Mask, color, new DrawOptions { MaskOpacity = (float)ZoneOpacity, Contours = false }, width);
        StrokePainter.Outline(canvas, corners, closed: true, width, color);
        string label = Invariant.Text($"{zone.Name}: {zone.Count} inside, {zone.Entered.Total} entered");
        (double left, double top) = (corners.Min(c => c.X), corners.Min(c => c.Y));
        var box = new BoxXyxy((float)left, (float)top, (float)corners.Max(c => c.X), (float)corners.Max(c => c.Y));
        return Plate(canvas, placer, Visible(box, canvas), label, color, text);
    }

    private LabelPainter.Plate DrawLine(Canvas canvas, int number, LabelPlacer placer, float width, int text)
    {
        LineZone line = _analysis.Lines[number];
        Rgb color = _options.Draw.Palette[PlaceColors + _analysis.Zones.Count + number];
        ((double x1, double y1), (double x2, double y2)) = (line.Start, line.End);
        StrokePainter.Line(canvas, (x1, y1), (x2, y2), 1.5 * width, color);

        // A tick in the middle points to the side that counts as in: left of the line.
        double length = Math.Sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1)), tick = Math.Min(4 * width, length / 4);
        (double x, double y) = ((x1 + x2) / 2, (y1 + y2) / 2);
        (double nx, double ny) = ((y2 - y1) / length * tick, -(x2 - x1) / length * tick);
        StrokePainter.Line(canvas, (x, y), (x + nx, y + ny), 1.5 * width, color);
        string label = Invariant.Text($"{line.Name}: {line.In.Total} in, {line.Out.Total} out");
        var box = new BoxXyxy((float)(x - tick), (float)(y - tick), (float)(x + tick), (float)(y + tick));
        return Plate(canvas, placer, Visible(box, canvas), label, color, text);
    }

    private static LabelPainter.Plate Plate(
        Canvas canvas, LabelPlacer placer, PixelRect box, string label, Rgb color, int text) =>
        LabelPainter.Layout(
            placer, box.IsEmpty ? new PixelRect(0, 0, canvas.Width, canvas.Height) : box, label, color, text,
            SystemLabels.Instance);

    private static PixelRect Visible(BoxXyxy box, Canvas canvas) => box.ToPixelRect(canvas.Width, canvas.Height);

    private void DrawTrails(Canvas canvas, AnalyzedFrame frame, float width)
    {
        if (!_options.ShowTrails)
            return;
        if (frame.Discontinuity)
            _trails.Reset();
        TrackedBox[] boxes = frame.Boxes();
        _trails.Update(boxes);
        IReadOnlyDictionary<int, IReadOnlyList<TrailPoint>> all = _trails.All();
        foreach (TrackedBox box in boxes)
        {
            if (!all.TryGetValue(box.TrackId, out IReadOnlyList<TrailPoint>? trail))
                continue;
            for (int i = 1; i < trail.Count; i++)
            {
                double young = (i + 1.0) / trail.Count;
                StrokePainter.Line(
                    canvas, (trail[i - 1].X, trail[i - 1].Y), (trail[i].X, trail[i].Y), width * (0.5 + 0.75 * young),
                    ColorOf(box.TrackId, box.ClassId), TrailOpacity * young);
            }
        }
    }

    private Annotation ToAnnotation(TrackedObject seen)
    {
        Annotation plain = seen.Detection.ToAnnotation();
        return seen.TrackId is { } id
            ? plain with { Label = Invariant.Text($"#{id} {plain.Label}"), Color = ColorOf(id, seen.Detection.ClassId) }
            : plain;
    }

    private Rgb ColorOf(int id, int classId) => _options.Draw.Palette[_options.Colors == ColorRule.ByObject ? id : classId];
}
