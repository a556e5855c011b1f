namespace RfDetr.Tracking;

/// <summary>A detection to merge, in pixels of the whole image.</summary>
/// <param name="Box">Corners.</param>
/// <param name="Score">Confidence, 0..1.</param>
/// <param name="ClassId">Class.</param>
/// <param name="Mask">The object's pixels; null for detection models. Either all detections have one or none.</param>
public sealed record TileDetection(BoxXyxy Box, float Score, int ClassId, TileMask? Mask = null)
{
    /// <summary>
    /// The tile that the detection comes from; null if it comes from the whole image. Needed by the seam rule only.
    /// </summary>
    public PixelRect? Tile { get; init; }

    /// <summary>Moves a detection found in a tile to its place in the whole image.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="box">Corners in pixels of the tile.</param>
    /// <param name="score">Confidence, 0..1.</param>
    /// <param name="classId">Class.</param>
    /// <param name="mask">The object's pixels, of the tile's size; null for detection models.</param>
    /// <exception cref="ArgumentException">The mask has another size than the tile.</exception>
    public static TileDetection InTile(PixelRect tile, BoxXyxy box, float score, int classId, RleMask? mask = null)
    {
        if (mask is not null && (mask.Width != tile.Width || mask.Height != tile.Height))
        {
            throw new ArgumentException(
                $"The mask has {mask.Height}×{mask.Width} pixels (height × width), but the tile {tile.Height}×{tile.Width}.",
                    nameof(mask));
        }

        TileMask? placed = mask is null ? null : TileMask.Of(mask, tile.X, tile.Y);
        return new TileDetection(box.Offset(tile.X, tile.Y), score, classId, placed) { Tile = tile };
    }
}
