using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

/// <summary>Frames of an endless, irregular texture as a moving camera sees it.</summary>
internal static class Textures
{
    /// <summary>A gray frame after all motions so far.</summary>
    public static byte[] Frame(int width, int height, CameraMotion sinceFirst, int noiseSeed = 0)
    {
        double determinant = sinceFirst.A * sinceFirst.D - sinceFirst.B * sinceFirst.C;
        var random = new Random(noiseSeed);
        var pixels = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double u = x + 0.5 - sinceFirst.Tx, v = y + 0.5 - sinceFirst.Ty;
                double value =
                    At((sinceFirst.D * u - sinceFirst.B * v) / determinant, (sinceFirst.A * v - sinceFirst.C * u) / determinant);
                pixels[y * width + x] = (byte)Math.Clamp(value + (noiseSeed == 0 ? 0 : 8 * (random.NextDouble() - 0.5)), 0, 255);
            }
        }

        return pixels;
    }

    // Smooth noise in four octaves.
    private static double At(double x, double y)
    {
        (double sum, double amplitude) = (0, 110);
        for (int octave = 0; octave < 4; octave++)
        {
            double scale = 64 >> octave;
            sum += amplitude * Lattice(x / scale, y / scale, octave);
            amplitude *= 0.7;
        }

        return sum;
    }

    private static double Lattice(double x, double y, int octave)
    {
        (int ix, int iy) = ((int)Math.Floor(x), (int)Math.Floor(y));
        (double fx, double fy) = (Smooth(x - ix), Smooth(y - iy));
        double top = Value(ix, iy, octave) * (1 - fx) + Value(ix + 1, iy, octave) * fx;
        double bottom = Value(ix, iy + 1, octave) * (1 - fx) + Value(ix + 1, iy + 1, octave) * fx;
        return top * (1 - fy) + bottom * fy;
    }

    private static double Smooth(double t) => t * t * (3 - 2 * t);

    private static double Value(int x, int y, int octave)
    {
        unchecked
        {
            uint hash = (uint)(x * 374761393 + y * 668265263 + octave * 974634529);
            hash = (hash ^ hash >> 13) * 1274126177;
            return ((hash ^ hash >> 16) & 0xffff) / 65535.0;
        }
    }
}
