namespace RfDetr.Tracking;

/// <summary>Finds detections that a seam cut where another tile saw the whole object.</summary>
internal static class SeamRule
{
    // IoU of the cut detection with the visible part of the uncut one from which both are the same object. The cut edge may be a
    // little off.
    private const double SameObject = 0.7;

    /// <summary>Marks the detections that are to be dropped.</summary>
    /// <param name="detections">Detections of all tiles, and of the whole image, if it was looked at.</param>
    /// <param name="imageWidth">Width of the image in pixels.</param>
    /// <param name="imageHeight">Height of the image in pixels.</param>
    /// <param name="options">The margin, and whether classes matter.</param>
    public static bool[] Dropped(IReadOnlyList<TileDetection> detections, int imageWidth, int imageHeight, MergeOptions options)
    {
        bool[] cut = [.. detections.Select(d => IsCut(d, imageWidth, imageHeight, options.SeamMargin))];
        return
        [
            .. detections.Select((part, i) => cut[i] && detections
                .Where((whole, j) => !cut[j] && whole.Tile != part.Tile)
                .Any(whole =>
                (options.ClassAgnostic || whole.ClassId == part.ClassId) && Holds(whole, part))),
        ];
    }

    private static bool IsCut(TileDetection detection, int imageWidth, int imageHeight, double margin)
    {
        if (detection.Tile is not { } tile)
            return false;
        BoxXyxy box = detection.Box;
        return (tile.X > 0 && box.X1 <= tile.X + margin)
            || (tile.Y > 0 && box.Y1 <= tile.Y + margin)
            || (tile.Right < imageWidth && box.X2 >= tile.Right - margin)
            || (tile.Bottom < imageHeight && box.Y2 >= tile.Bottom - margin);
    }

    // The uncut detection, as far as the other's tile could see of it, must be the cut one: so a large object does not swallow a
    // small one that happens to lie at a seam in front of it.
    private static bool Holds(TileDetection whole, TileDetection part)
    {
        PixelRect tile = part.Tile!.Value;
        BoxXyxy box = whole.Box;
        var seen = new BoxXyxy(
            MathF.Max(box.X1, tile.X), MathF.Max(box.Y1, tile.Y), MathF.Min(box.X2, tile.Right), MathF.Min(box.Y2, tile.Bottom));
        return BoxD.Of(seen).IoU(BoxD.Of(part.Box)) >= SameObject;
    }
}
