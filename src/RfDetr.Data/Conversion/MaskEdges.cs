
namespace RfDetr.Data;

/// <summary>
/// Outlines of a mask along the edges of its pixels. Rasterized again they give the same pixels, and their bounds are the mask's:
/// an outline through pixel centers, which <see cref="PolygonTracer"/> gives, is a pixel smaller.
/// </summary>
internal static class MaskEdges
{
    // Directions in clockwise order as seen on the screen: right, down, left, up. The mask lies to the right of each step.
    private static readonly (int X, int Y)[] s_steps = [(1, 0), (0, 1), (-1, 0), (0, -1)];

    /// <summary>
    /// All outlines, holes included; each <c>x0, y0, x1, y1, …</c> in whole pixels. By the even-odd rule they are the mask.
    /// </summary>
    public static List<double[]> Of(RleMask mask)
    {
        var outlines = new List<double[]>();
        if (mask.Area == 0)
            return outlines;
        PixelRect bounds = mask.BoundingBox;
        BitMask pixels = mask.Decode(bounds);
        int width = bounds.Width + 1, height = bounds.Height + 1;
        byte[] edges = Edges(pixels, width, height);
        for (int at = 0; at < edges.Length; at++)
        {
            // Every outline, outer or hole, has a step to the right somewhere.
            while ((edges[at] & 1) != 0)
                outlines.Add(Follow(edges, width, at, bounds));
        }

        return outlines;
    }

    /// <summary>For each corner of pixels the steps that lead away from it, one bit for each direction.</summary>
    private static byte[] Edges(BitMask pixels, int width, int height)
    {
        byte[] edges = new byte[width * height];
        bool Inside(int x, int y) => x >= 0 && y >= 0 && x < width - 1 && y < height - 1 && pixels[y, x];
        for (int y = 0; y < height - 1; y++)
        {
            for (int x = 0; x < width - 1; x++)
            {
                if (!pixels[y, x])
                    continue;
                int corner = y * width + x;
                if (!Inside(x, y - 1))
                    edges[corner] |= 1;
                if (!Inside(x + 1, y))
                    edges[corner + 1] |= 2;
                if (!Inside(x, y + 1))
                    edges[corner + width + 1] |= 4;
                if (!Inside(x - 1, y))
                    edges[corner + width] |= 8;
            }
        }

        return edges;
    }

    private static double[] Follow(byte[] edges, int width, int start, PixelRect bounds)
    {
        var outline = new List<double>();
        int at = start, direction = 0, before = -1;
        do
        {
            edges[at] &= (byte)~(1 << direction);
            if (direction != before)
                outline.AddRange([bounds.X + at % width, bounds.Y + at / width]);
            before = direction;
            at += s_steps[direction].Y * width + s_steps[direction].X;

            // Where two pixels touch at a corner only, a right turn stays with the same pixel.
            foreach (int turn in (ReadOnlySpan<int>)[1, 0, 3])
            {
                if ((edges[at] & (1 << ((direction + turn) & 3))) == 0)
                    continue;
                direction = (direction + turn) & 3;
                break;
            }
        }
        while (at != start || (edges[at] & (1 << direction)) != 0);
        return [.. outline];
    }
}
