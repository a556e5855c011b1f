using System.Runtime.Intrinsics;

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

    /// <summary>Pixels of one row, from column <paramref name="x"/>.</summary>
    public ReadOnlySpan<float> Row(int x, int y, int count) => values.AsSpan(y * width + x, count);

    /// <summary>
    /// A square of values between pixels, <c>[side, side]</c>, one pixel apart; whole numbers are pixel centers. All must be
    /// inside.
    /// </summary>
    /// <param name="x">Column of the first value.</param>
    /// <param name="y">Row of the first value.</param>
    /// <param name="side">Values in a row.</param>
    /// <param name="square">Receives the values.</param>
    public void Sample(double x, double y, int side, Span<float> square)
    {
        int ix = (int)x, iy = (int)y;

        // All values lie equally between their pixels.
        float fx = (float)(x - ix), fy = (float)(y - iy);
        for (int v = 0; v < side; v++)
        {
            ReadOnlySpan<float> top = Row(ix, iy + v, side + 1), bottom = Row(ix, iy + v + 1, side + 1);
            Span<float> to = square.Slice(v * side, side);
            int u = 0;
            for (; u <= to.Length - Vector256<float>.Count; u += Vector256<float>.Count)
            {
                Vector256<float> above = At(top, u) + fx * (At(top, u + 1) - At(top, u));
                Vector256<float> below = At(bottom, u) + fx * (At(bottom, u + 1) - At(bottom, u));
                (above + fy * (below - above)).CopyTo(to[u..]);
            }

            for (; u < to.Length; u++)
            {
                float above = top[u] + fx * (top[u + 1] - top[u]), below = bottom[u] + fx * (bottom[u + 1] - bottom[u]);
                to[u] = above + fy * (below - above);
            }
        }
    }

    private static Vector256<float> At(ReadOnlySpan<float> row, int x) => Vector256.Create(row[x..]);
}
