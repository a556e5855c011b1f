using System.Runtime.Intrinsics;

namespace RfDetr.Tracking;

/// <summary>
/// A gray image in single precision, 0..255; one level of a pyramid. It is filled again and again: memory of this size is new
/// to the process each time, and costs more than the work.
/// </summary>
internal sealed class GrayLevel(int width, int height)
{
    private readonly float[] _values = new float[width * height];

    public int Width => width;

    public int Height => height;

    public float this[int x, int y] => _values[y * width + x];

    /// <summary>
    /// Takes an image reduced by a whole factor, averaging squares of pixels; a rest at the right and lower border is left out.
    /// </summary>
    /// <param name="pixels">Rows without padding.</param>
    /// <param name="imageWidth">Width in pixels; the level has a whole part of it.</param>
    /// <param name="channels">1 (gray) or 3 (RGB).</param>
    /// <param name="factor">Side of a square.</param>
    public void Reduce(ReadOnlySpan<byte> pixels, int imageWidth, int channels, int factor)
    {
        int square = factor * channels, length = width * square;
        var columns = new uint[length];
        for (int y = 0; y < height; y++)
        {
            Array.Clear(columns);
            for (int dy = 0; dy < factor; dy++)
                Add(pixels.Slice((y * factor + dy) * imageWidth * channels, length), columns);
            Span<float> row = _values.AsSpan(y * width, width);
            for (int x = 0; x < row.Length; x++)
                row[x] = Luma(columns.AsSpan(x * square, square), channels) / (256f * factor * factor);
        }
    }

    /// <summary>Takes an image of twice the size, averaging 2×2 pixels.</summary>
    public void Halve(GrayLevel larger)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                _values[y * width + x] = (larger[2 * x, 2 * y] + larger[2 * x + 1, 2 * y]
                    + larger[2 * x, 2 * y + 1] + larger[2 * x + 1, 2 * y + 1]) / 4;
            }
        }
    }

    /// <summary>True if a point is at least <paramref name="margin"/> pixels from the border.</summary>
    public bool Holds(Point2 p, double margin) =>
        p.X >= margin && p.Y >= margin && p.X < width - 1 - margin && p.Y < height - 1 - margin;

    /// <summary>Pixels of one row, from column <paramref name="x"/>.</summary>
    public ReadOnlySpan<float> Row(int x, int y, int count) => _values.AsSpan(y * width + x, count);

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

    /// <summary>Eight values of a row, from column <paramref name="x"/>.</summary>
    public static Vector256<float> At(ReadOnlySpan<float> row, int x) => Vector256.Create(row[x..]);

    // Rec. 601, in 256ths.
    private static long Luma(ReadOnlySpan<uint> sums, int channels)
    {
        long red = 0, green = 0, blue = 0;
        if (channels == 1)
        {
            foreach (uint gray in sums)
                red += gray;
            return red << 8;
        }

        for (int at = 0; at < sums.Length; at += 3)
            (red, green, blue) = (red + sums[at], green + sums[at + 1], blue + sums[at + 2]);
        return 77 * red + 150 * green + 29 * blue;
    }

    private static void Add(ReadOnlySpan<byte> row, Span<uint> columns)
    {
        int x = 0;
        for (; x <= row.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Create(row[x..]));
            Add(low, columns[x..]);
            Add(high, columns[(x + Vector128<ushort>.Count)..]);
        }

        for (; x < row.Length; x++)
            columns[x] += row[x];
    }

    private static void Add(Vector128<ushort> values, Span<uint> columns)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(values);
        (Vector128.Create((ReadOnlySpan<uint>)columns) + low).CopyTo(columns);
        Span<uint> next = columns[Vector128<uint>.Count..];
        (Vector128.Create((ReadOnlySpan<uint>)next) + high).CopyTo(next);
    }
}
