using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Cutting out a rectangle.</summary>
internal static class Crops
{
    /// <summary>Below this side (pixels) what is left of a cut object is no object.</summary>
    private const double LeastSide = 1;

    /// <summary>The part of a sample inside a rectangle, which must lie inside it.</summary>
    /// <param name="s">The sample.</param>
    /// <param name="to">The rectangle.</param>
    /// <param name="leastVisible">
    /// Objects of which a smaller share of the area is left are dropped; 0 keeps every one of which something is left.
    /// </param>
    public static Sample Crop(Sample s, PixelRect to, double leastVisible)
    {
        byte[] rgb = new byte[3 * to.Width * to.Height];
        for (int y = 0; y < to.Height; y++)
            s.Rgb.AsSpan(3 * ((to.Y + y) * s.Width + to.X), 3 * to.Width).CopyTo(rgb.AsSpan(3 * y * to.Width));
        return new Sample(rgb, to.Width, to.Height, [.. s.Objects.Select(o => Cut(o, to, leastVisible)).OfType<SampleObject>()]);
    }

    /// <summary>
    /// The rectangle of DETR's second branch, in pixels of the source: shorter side to 400, 500 or 600, then 384 to 600 pixels
    /// each way, anywhere.
    /// </summary>
    public static PixelRect DetrCrop(int width, int height, SampleRandom random)
    {
        const int Least = 384, Most = 600;
        double scale = (400 + 100 * random.Below(3)) / (double)Math.Min(width, height);
        int scaledWidth = (int)Math.Round(width * scale), scaledHeight = (int)Math.Round(height * scale);
        int w = random.Whole(Least, Math.Min(scaledWidth, Most)), h = random.Whole(Least, Math.Min(scaledHeight, Most));
        int x = random.Whole(0, scaledWidth - w), y = random.Whole(0, scaledHeight - h);
        int left = Math.Clamp((int)Math.Round(x / scale), 0, width - 1),
        top = Math.Clamp((int)Math.Round(y / scale), 0, height - 1);
        return new PixelRect(
            left, top, Math.Clamp((int)Math.Round(w / scale), 1, width - left),
            Math.Clamp((int)Math.Round(h / scale), 1, height - top));
    }

    /// <summary>An object cut to a rectangle and moved with it; null if too little is left.</summary>
    public static SampleObject? Cut(SampleObject o, PixelRect to, double leastVisible)
    {
        BoxXywh moved = o.Box with { X = o.Box.X - to.X, Y = o.Box.Y - to.Y };
        BoxXywh box = moved.Clip(to.Width, to.Height);
        if (!(box.Width >= LeastSide && box.Height >= LeastSide) && box != moved)
            return null;
        if (o.Mask is not { } mask)
            return box.HasArea && box.Area >= leastVisible * moved.Area ? o with { Box = box } : null;
        if (MaskWindows.Crop(mask, to) is not { } left)
            return null;
        bool whole = left.Pixels.Length == mask.Pixels.Length;
        if (!whole && leastVisible > 0 && MaskWindows.Area(left) < leastVisible * MaskWindows.Area(mask))
            return null;
        return o with { Box = whole && box == moved ? box : MaskWindows.Box(left), Mask = left };
    }
}
