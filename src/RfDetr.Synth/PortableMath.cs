using System.Runtime.CompilerServices;

namespace RfDetr.Synth;

/// <summary>Functions whose result is the same on every machine: only +, −, ×, ÷, √ and rounding, which IEEE 754 fixes to the
/// bit. The C library's sin, exp and pow differ between systems and are therefore not used anywhere in the generator.</summary>
internal static class PortableMath
{
    public const float Pi = 3.14159265f;

    /// <summary>
    /// Sine and cosine by Taylor series about the nearest multiple of π/2; error below 1e-9 for |x| under 1000.
    /// </summary>
    public static (float Sin, float Cos) SinCos(float radians)
    {
        double quarter = Math.Floor(radians * (2 / Math.PI) + 0.5);
        double x = radians - quarter * (Math.PI / 2), x2 = x * x;
        double s = x * (1 - x2 / 6 * (1 - x2 / 20 * (1 - x2 / 42 * (1 - x2 / 72 * (1 - x2 / 110)))));
        double c = 1 - x2 / 2 * (1 - x2 / 12 * (1 - x2 / 30 * (1 - x2 / 56 * (1 - x2 / 90))));
        return ((long)quarter & 3) switch
        {
            0 => ((float)s, (float)c),
            1 => ((float)c, (float)-s),
            2 => ((float)-s, (float)-c),
            _ => ((float)-c, (float)s),
        };
    }

    /// <summary>A smooth wave of period 1 between 0 and 1, 0.5 + 0.5·sin in looks, from two parabolas.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Wave(float x)
    {
        float u = (x - MathF.Floor(x)) * 2 - 1; // [-1, 1)
        return 0.5f + 2 * u * (1 - MathF.Abs(u));
    }

    public static float Clamp01(float x) => x < 0 ? 0 : x > 1 ? 1 : x;

    public static float Mix(float a, float b, float t) => a + (b - a) * t;

    /// <summary>0 below <paramref name="edge0"/>, 1 above <paramref name="edge1"/>, a cubic between.</summary>
    public static float SmoothStep(float edge0, float edge1, float x)
    {
        float t = Clamp01((x - edge0) / (edge1 - edge0));
        return t * t * (3 - 2 * t);
    }

    /// <summary>
    /// The lesser of two distances with the crease between them filled by a parabola of width <paramref name="k"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SmoothMin(float a, float b, float k)
    {
        float h = MathF.Max(k - MathF.Abs(a - b), 0);
        return MathF.Min(a, b) - h * h / (4 * k);
    }

    /// <summary>The greater of two distances with the edge between them rounded off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SmoothMax(float a, float b, float k) => -SmoothMin(-a, -b, k);

    /// <summary>x to the power 2^<paramref name="squarings"/>: highlights of any sharpness without pow.</summary>
    public static float PowerOfTwo(float x, int squarings)
    {
        for (int i = 0; i < squarings; i++)
            x *= x;
        return x;
    }

    /// <summary>low·(high/low)^t for t in [0, 1], by bisection with geometric means: equal steps of t are equal ratios.</summary>
    public static float Geometric(float low, float high, float t)
    {
        float a = low, b = high, lo = 0, hi = 1;
        for (int i = 0; i < 12; i++)
        {
            float middle = MathF.Sqrt(a * b), at = (lo + hi) / 2;
            if (t < at)
                (b, hi) = (middle, at);
            else
                (a, lo) = (middle, at);
        }

        return Mix(a, b, (t - lo) / (hi - lo));
    }
}
