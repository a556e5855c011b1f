namespace RfDetr.Tests.Masks;

/// <summary>The plain way: upsample every pixel, then compare with 0.</summary>
internal static class MaskOracle
{
    public static float[] Upsample(ReadOnlySpan<float> logits, int height, int width, int imageHeight, int imageWidth)
    {
        BilinearAxis rows = new(height, imageHeight), columns = new(width, imageWidth);
        var values = new float[imageHeight * imageWidth];
        for (int y = 0; y < imageHeight; y++)
        {
            ReadOnlySpan<float> above = logits.Slice(rows.Lower(y) * width, width);
            ReadOnlySpan<float> below = logits.Slice(rows.Upper(y) * width, width);
            for (int x = 0; x < imageWidth; x++)
            {
                int left = columns.Lower(x), right = columns.Upper(x);
                values[y * imageWidth + x] = rows.Interpolate(
                    columns.Interpolate(above[left], above[right], x), columns.Interpolate(below[left], below[right], x), y);
            }
        }

        return values;
    }

    public static BitMask Decode(
        ReadOnlySpan<float> logits, int height, int width, int imageHeight, int imageWidth, PixelRect? within = null)
    {
        float[] values = Upsample(logits, height, width, imageHeight, imageWidth);
        var mask = new BitMask(imageHeight, imageWidth);
        PixelRect window = within ?? new PixelRect(0, 0, imageWidth, imageHeight);
        for (int y = 0; y < imageHeight; y++)
        {
            for (int x = 0; x < imageWidth; x++)
                mask[y, x] = values[y * imageWidth + x] > 0
                    && x >= window.X && x < window.Right && y >= window.Y && y < window.Bottom;
        }

        return mask;
    }
}
