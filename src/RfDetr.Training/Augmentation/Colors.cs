namespace RfDetr.Training;

/// <summary>Changes of color; boxes and masks stay.</summary>
internal static class Colors
{
    /// <summary>Brightness, contrast, saturation and hue in one linear map of the three channels.</summary>
    /// <param name="s">The sample.</param>
    /// <param name="brightness">Factor; 1 changes nothing.</param>
    /// <param name="contrast">Factor about mid gray.</param>
    /// <param name="saturation">Factor about each pixel's own gray.</param>
    /// <param name="hueDegrees">Turn about the gray axis, in YIQ.</param>
    public static Sample Adjust(Sample s, double brightness, double contrast, double saturation, double hueDegrees)
    {
        (int[] matrix, int offset) = Matrix(brightness, contrast, saturation, hueDegrees);
        byte[] rgb = new byte[s.Rgb.Length];
        ReadOnlySpan<byte> from = s.Rgb;
        int m0 = matrix[0], m1 = matrix[1], m2 = matrix[2], m3 = matrix[3], m4 = matrix[4], m5 = matrix[5], m6 = matrix[6],
        m7 = matrix[7], m8 = matrix[8];
        for (int i = 0; i + 2 < rgb.Length; i += 3)
        {
            int r = from[i], g = from[i + 1], b = from[i + 2];
            rgb[i] = Clamp((m0 * r + m1 * g + m2 * b + offset) >> Bits);
            rgb[i + 1] = Clamp((m3 * r + m4 * g + m5 * b + offset) >> Bits);
            rgb[i + 2] = Clamp((m6 * r + m7 * g + m8 * b + offset) >> Bits);
        }

        return s with { Rgb = rgb };
    }

    /// <summary>
    /// Adds noise of a standard deviation (in steps of 255): sums of four uniform numbers, Gaussian for the eye and without
    /// tails.
    /// </summary>
    public static Sample Noise(Sample s, double deviation, SampleRandom random)
    {
        const double SumDeviation = 147.8; // of four bytes: √(4·(256²−1)/12)
        int scale = (int)Math.Round(deviation / SumDeviation * (1 << Bits));
        byte[] rgb = new byte[s.Rgb.Length];
        ulong bits = 0;
        for (int i = 0; i < rgb.Length; i++)
        {
            bits = (i & 1) == 0 ? random.NextUInt64() : bits >> 32;
            int sum = (int)((bits & 0xFF) + (bits >> 8 & 0xFF) + (bits >> 16 & 0xFF) + (bits >> 24 & 0xFF)) - 510;
            rgb[i] = Clamp(s.Rgb[i] + ((sum * scale + Half) >> Bits));
        }

        return s with { Rgb = rgb };
    }

    private const int Bits = 14, Half = 1 << (Bits - 1);

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    private static (int[] Matrix, int Offset) Matrix(double brightness, double contrast, double saturation, double hueDegrees)
    {
        // Luma weights of BT.601, as YIQ has them. Turning I and Q, and scaling them, leaves the luma alone.
        double[] luma = [0.299, 0.587, 0.114], i = [0.596, -0.274, -0.322], q = [0.211, -0.523, 0.312];
        double[] fromI = [0.956, -0.272, -1.106], fromQ = [0.621, -0.647, 1.703];
        (double sin, double cos) = Math.SinCos(hueDegrees * Math.PI / 180);
        int[] matrix = new int[9];
        for (int to = 0; to < 3; to++)
        {
            for (int from = 0; from < 3; from++)
            {
                double color = fromI[to] * (cos * i[from] - sin * q[from]) + fromQ[to] * (sin * i[from] + cos * q[from]);
                // the rounding of the constants
                double identity = fromI[to] * i[from] + fromQ[to] * q[from] + luma[from] - (to == from ? 1 : 0);
                matrix[3 * to + from] =
                    (int)Math.Round((luma[from] + saturation * (color - identity)) * contrast * brightness * (1 << Bits));
            }
        }

        return (matrix, (int)Math.Round(128 * (1 - contrast) * brightness * (1 << Bits)) + Half);
    }
}
