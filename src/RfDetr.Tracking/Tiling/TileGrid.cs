namespace RfDetr.Tracking;

/// <summary>The tiles of an image.</summary>
public static class TileGrid
{
    /// <summary>More tiles than this are refused: each one costs a run of the network.</summary>
    public const int MostTiles = 100_000;

    /// <summary>Cuts an image into tiles, row by row.</summary>
    /// <param name="imageWidth">Width of the image in pixels; ≥ 1.</param>
    /// <param name="imageHeight">Height of the image in pixels; ≥ 1.</param>
    /// <param name="options">Size and overlap; null for the defaults.</param>
    /// <returns>Tiles inside the image that cover it; one tile, the image, if it is not larger than a tile.</returns>
    /// <exception cref="ArgumentException">
    /// A size is out of range, or there would be more than <see cref="MostTiles"/>.
    /// </exception>
    public static IReadOnlyList<PixelRect> Of(int imageWidth, int imageHeight, TileOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageHeight, 1);
        options ??= new TileOptions();
        options.Validate();
        int overlapX = options.Overlap.X(options.Width), overlapY = options.Overlap.Y(options.Height);
        bool cut = options.Remainder == TileRemainder.CutWithoutOverlap;
        long columns = Count(imageWidth, options.Width, overlapX), rows = Count(imageHeight, options.Height, overlapY);
        if (columns * rows > MostTiles)
        {
            throw new ArgumentException(
                $"Tiles of {options.Width}×{options.Height} make {columns * rows} of an image of {imageWidth}×{imageHeight}; "
                + $"at most {MostTiles} are cut. Choose larger tiles or less overlap.");
        }

        var tiles = new List<PixelRect>((int)(columns * rows));
        foreach ((int y, int height) in Axis(imageHeight, options.Height, overlapY, cut && overlapY == 0))
        {
            foreach ((int x, int width) in Axis(imageWidth, options.Width, overlapX, cut && overlapX == 0))
                tiles.Add(new PixelRect(x, y, width, height));
        }

        return tiles;
    }

    /// <summary>
    /// The tile size and overlap that SAHI chooses for an image's size: below 2¹⁹ pixels one tile, below 2²² two in the longer
    /// direction with 80 % overlap, below 2²⁵ two by two (four in the longer direction) with 40 %, and twice as many in each
    /// direction above.
    /// </summary>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public static TileOptions Auto(int imageWidth, int imageHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageHeight, 1);
        (int parts, double overlap) = Exponent((long)imageWidth * imageHeight) switch
        {
            <= 18 => (0, 0.0),
            < 21 => (1, 0.8),
            < 24 => (2, 0.4),
            _ => (4, 0.4),
        };
        if (parts == 0)
            return new TileOptions { Width = imageWidth, Height = imageHeight, Overlap = TileOverlap.Pixels(0, 0) };
        int width = Math.Max(1, imageWidth / (imageWidth > imageHeight ? 2 * parts : parts));
        int height = Math.Max(1, imageHeight / (imageHeight > imageWidth ? 2 * parts : parts));
        TileOverlap pixels = TileOverlap.Pixels((int)(width * overlap), (int)(height * overlap));
        return new TileOptions { Width = width, Height = height, Overlap = pixels };
    }

    private static long Count(int image, int tile, int overlap) =>
        image <= tile ? 1 : 1 + (image - tile + (long)tile - overlap - 1) / (tile - overlap);

    private static IEnumerable<(int Start, int Size)> Axis(int image, int tile, int overlap, bool cut)
    {
        if (image <= tile)
            return [(0, image)];
        int count = (int)Count(image, tile, overlap);
        return Enumerable.Range(0, count).Select(i => (long)i * (tile - overlap)).Select(start => cut
            ? ((int)start, (int)Math.Min(tile, image - start))
            : ((int)Math.Min(start, image - tile), tile));
    }

    // The largest e with 2^e below the number (SAHI's "resolution factor").
    private static int Exponent(long number)
    {
        int exponent = 0;
        while (1L << exponent < number)
            exponent++;
        return exponent - 1;
    }
}
