namespace RfDetr.Tracking;

/// <summary>A gray image in single precision, 0..255; one level of a pyramid.</summary>
internal sealed class GrayLevel(int width, int height, float[] values)
{
    public int Width => width;

    public int Height => height;

    public float this[int x, int y] => values[y * width + x];

    /// <summary>
    /// Reduces an image by a whole factor, averaging squares of pixels; a rest at the right and lower border is left out.
    /// </summary>
    /// <param name="pixels">Rows without padding.</param>
    /// <param name="imageWidth">Width in pixels.</param>
    /// <param name="imageHeight">Height in pixels.</param>
    /// <param name="channels">1 (gray) or 3 (RGB).</param>
    /// <param name="factor">Side of a square; at most the image's smaller side.</param>
    public static GrayLevel Reduce(ReadOnlySpan<byte> pixels, int imageWidth, int imageHeight, int channels, int factor)
    {
        int width = imageWidth / factor, height = imageHeight / factor;
        var sums = new long[width];
        var values = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            Array.Clear(sums);
            for (int dy = 0; dy < factor; dy++)
            {
                ReadOnlySpan<byte> row = pixels.Slice((y * factor + dy) * imageWidth * channels, imageWidth * channels);
                for (int x = 0, at = 0; x < width; x++)
                {
                    int sum = 0;
                    for (int end = at + factor * channels; at < end; at += channels)
                    {
                        // Rec. 601, in 256ths.
                        sum += channels == 1 ? row[at] << 8 : 77 * row[at] + 150 * row[at + 1] + 29 * row[at + 2];
                    }

                    sums[x] += sum;
                }
            }

            for (int x = 0; x < width; x++)
                values[y * width + x] = sums[x] / (256f * factor * factor);
        }

        return new GrayLevel(width, height, values);
    }

    /// <summary>Half the size, averaging 2×2 pixels.</summary>
    public GrayLevel Half()
    {
        int halfWidth = width / 2, halfHeight = height / 2;
        var half = new float[halfWidth * halfHeight];
        for (int y = 0; y < halfHeight; y++)
        {
            for (int x = 0; x < halfWidth; x++)
                half[y * halfWidth + x] =
                    (this[2 * x, 2 * y] + this[2 * x + 1, 2 * y] + this[2 * x, 2 * y + 1] + this[2 * x + 1, 2 * y + 1]) / 4;
        }

        return new GrayLevel(halfWidth, halfHeight, half);
    }

    /// <summary>True if a point is at least <paramref name="margin"/> pixels from the border.</summary>
    public bool Holds(Point2 p, double margin) =>
        p.X >= margin && p.Y >= margin && p.X < width - 1 - margin && p.Y < height - 1 - margin;

    /// <summary>Value between pixels; whole numbers are pixel centers. The point must be inside.</summary>
    public float Sample(double x, double y)
    {
        int ix = (int)x, iy = (int)y;
        float fx = (float)(x - ix), fy = (float)(y - iy);
        int at = iy * width + ix;
        float top = values[at] + fx * (values[at + 1] - values[at]);
        float bottom = values[at + width] + fx * (values[at + width + 1] - values[at + width]);
        return top + fy * (bottom - top);
    }
}
