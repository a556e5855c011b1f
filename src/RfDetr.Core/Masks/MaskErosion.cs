namespace RfDetr;

/// <summary>Erosion of a mask by a square.</summary>
internal static class MaskErosion
{
    /// <summary>
    /// The pixels with nothing but mask in the square of <c>2·radius+1</c> around them; beyond the mask is background. The
    /// window grows by doubling, so the cost follows the logarithm of the radius.
    /// </summary>
    public static BitMask Erode(BitMask mask, int radius)
    {
        var result = new BitMask(mask.Height, mask.Width);
        int side = 2 * radius + 1, width = mask.Width - side + 1, height = mask.Height - side + 1;
        if (width <= 0 || height <= 0)
            return result;

        // Pixel (y, x) of the work copy becomes the AND over the square that begins there.
        var work = new BitMask(mask.Height, mask.Width);
        mask.Pixels.CopyTo(work.Pixels);
        for (int cover = 1, step; cover < side; cover += step)
        {
            step = Math.Min(cover, side - cover);
            for (int y = 0; y < mask.Height; y++)
                ByteRows.And(work.Row(y)[..^step], work.Row(y)[step..]);
            for (int y = 0; y + step < mask.Height; y++)
                ByteRows.And(work.Row(y), work.Row(y + step));
        }

        for (int y = 0; y < height; y++)
            work.Row(y)[..width].CopyTo(result.Row(y + radius)[radius..]);
        return result;
    }
}
