
namespace RfDetr;

/// <summary>Images for those who have none at hand: slopes of color with discs and boxes on them, the same everywhere.</summary>
internal static class ProbeImages
{
    private const int Width = 640, Height = 480, Count = 2, Shapes = 9;

    /// <summary>New images; the caller disposes them.</summary>
    public static Image[] Draw() => [.. Enumerable.Range(0, Count).Select(Draw)];

    private static Image Draw(int index)
    {
        byte[] rgb = new byte[Width * Height * 3];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                Span<byte> pixel = rgb.AsSpan((y * Width + x) * 3, 3);
                (pixel[0], pixel[1], pixel[2]) = ((byte)(60 + x / 5), (byte)(90 + y / 6), (byte)(150 - x / 8 + 40 * index));
            }
        }

        for (int shape = 0; shape < Shapes; shape++)
            Draw(rgb, $"probe {index} {shape}", round: shape % 2 == 0);
        return Image.FromPixels(new PixelFrame(rgb, Width, Height, 0, PixelFormat.Rgb24));
    }

    // Lit from above left, so that a shape has an inside and not only a border.
    private static void Draw(byte[] rgb, string key, bool round)
    {
        double cx = Width * Unit(0), cy = Height * Unit(1), rx = 25 + 70 * Unit(2), ry = 25 + 70 * Unit(3);
        for (int y = (int)Math.Max(0, cy - ry); y < Math.Min(Height, cy + ry); y++)
        {
            for (int x = (int)Math.Max(0, cx - rx); x < Math.Min(Width, cx + rx); x++)
            {
                double u = (x - cx) / rx, v = (y - cy) / ry;
                if (round && u * u + v * v > 1)
                    continue;
                double light = 0.75 - 0.25 * (u + v) / 2;
                for (int c = 0; c < 3; c++)
                    rgb[(y * Width + x) * 3 + c] = (byte)(255 * light * Unit(4 + c));
            }
        }

        double Unit(int i) => (FormulaWeights.Uniform(key, i) + 1) / 2;
    }
}
