using System.Runtime.CompilerServices;

namespace RfDetr.Synth;

/// <summary>Value noise on an integer lattice: the raw stuff of clouds, marble, wood and dirt.</summary>
internal static class Noise
{
    /// <summary>A scrambled 32-bit value of a lattice point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(int x, int y, int z, uint seed)
    {
        uint h = (uint)x * 0x8DA6B343 ^ (uint)y * 0xD8163841 ^ (uint)z * 0xCB1AB31F ^ seed;
        h = (h ^ h >> 16) * 0x7FEB352D;
        h = (h ^ h >> 15) * 0x846CA68B;
        return h ^ h >> 16;
    }

    /// <summary>Uniform in [0, 1) for a lattice point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float At(int x, int y, int z, uint seed) => (Hash(x, y, z, seed) >> 8) * (1f / (1 << 24));

    /// <summary>
    /// Smooth noise in [0, 1]: the lattice values joined by cubics. Ground and walls keep one coordinate at 0, which halves the
    /// work.
    /// </summary>
    public static float Value(V3 p, uint seed)
    {
        float fx = MathF.Floor(p.X), fy = MathF.Floor(p.Y), fz = MathF.Floor(p.Z);
        int x = (int)fx, y = (int)fy, z = (int)fz;
        float u = Fade(p.X - fx), v = Fade(p.Y - fy), w = Fade(p.Z - fz);
        float near = Plane(x, y, z, u, v, seed);
        return w == 0 ? near : PortableMath.Mix(near, Plane(x, y, z + 1, u, v, seed), w);
    }

    /// <summary>Fractal sum of octaves, in [0, 1]. Octaves finer than <paramref name="footprint"/> (a pixel's width here) are
    /// left out: they would only flicker.</summary>
    public static float Fractal(V3 p, int octaves, float footprint, uint seed)
    {
        float sum = 0, amplitude = 0.5f, left = 1;
        for (int i = 0; i < octaves && footprint < 0.7f; i++)
        {
            sum += amplitude * Value(p, seed + (uint)i * 0x9E3779B9);
            left -= amplitude;
            amplitude *= 0.5f;
            footprint *= 2.03f;
            p *= 2.03f; // not 2: keeps the octaves' lattices from lining up
        }

        return sum + left * 0.5f;
    }

    private static float Plane(int x, int y, int z, float u, float v, uint seed)
    {
        float low = PortableMath.Mix(At(x, y, z, seed), At(x + 1, y, z, seed), u);
        return v == 0 ? low : PortableMath.Mix(low, PortableMath.Mix(At(x, y + 1, z, seed), At(x + 1, y + 1, z, seed), u), v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fade(float t) => t * t * (3 - 2 * t);
}
