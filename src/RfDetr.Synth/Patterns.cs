using static RfDetr.Synth.PortableMath;

namespace RfDetr.Synth;

/// <summary>The solid textures a surface may have.</summary>
internal enum Pattern
{
    Plain, Stripes, Bands, Checks, Dots, Wood, Marble, Speckle, Cloud, Planks, Tiles, Bricks, Weave, Soil,
}

/// <summary>
/// Patterns as functions of a point: 0 is the first color, 1 the second. Each fades to its mean where a pixel spans a whole
/// repeat.
/// </summary>
internal static class Patterns
{
    public static float Evaluate(Pattern pattern, V3 p, float footprint, uint seed)
    {
        float value = pattern switch
        {
            Pattern.Plain => 0.25f * Noise.Fractal(p * 2, 2, footprint * 2, seed),
            Pattern.Stripes => Edge(Wave(p.X + 0.35f * p.Y), footprint),
            Pattern.Bands => Edge(Wave(p.Y + 0.15f * Noise.Value(p, seed)), footprint),
            Pattern.Checks => Checks(p, footprint),
            Pattern.Dots => Dots(p, footprint, seed),
            Pattern.Wood => Wood(p, footprint, seed),
            Pattern.Marble => Marble(p, footprint, seed),
            Pattern.Speckle => SmoothStep(0.58f, 0.7f, Noise.Fractal(p * 5, 2, footprint * 5, seed)),
            Pattern.Cloud => SmoothStep(0.2f, 0.8f, Noise.Fractal(p * 1.5f, 5, footprint * 1.5f, seed)),
            Pattern.Planks => Planks(p, footprint, seed),
            Pattern.Tiles => Masonry(p.X, p.Z + p.Y, 0, footprint, seed),
            Pattern.Bricks => Masonry(p.X * 0.5f, p.Z + p.Y, 0.5f, footprint, seed),
            Pattern.Weave => Weave(p, footprint, seed),
            _ => Soil(p, footprint, seed),
        };
        return Mix(value, 0.4f, Clamp01(footprint * 1.5f - 0.4f));
    }

    /// <summary>A soft step at one half whose width follows the pixel's.</summary>
    private static float Edge(float wave, float footprint) => SmoothStep(0.44f - footprint, 0.56f + footprint, wave);

    private static float Checks(V3 p, float footprint)
    {
        // A quarter turn puts the planes x, y, z = 0 in the middle of a cell, where ground and walls cut the pattern.
        float x = Edge(Wave(p.X * 0.5f + 0.25f), footprint) * 2 - 1, y = Edge(Wave(p.Y * 0.5f + 0.25f), footprint) * 2 - 1;
        float z = Edge(Wave(p.Z * 0.5f + 0.25f), footprint) * 2 - 1;
        return 0.5f + 0.5f * x * y * z;
    }

    private static float Dots(V3 p, float footprint, uint seed)
    {
        V3 cell = new(MathF.Floor(p.X + 0.5f), MathF.Floor(p.Y + 0.5f), MathF.Floor(p.Z + 0.5f));
        uint h = Noise.Hash((int)cell.X, (int)cell.Y, (int)cell.Z, seed);
        float radius = 0.28f + 0.17f * (h & 255) / 255;
        float distance = (p - cell).Length;
        return 1 - SmoothStep(radius - 0.04f - footprint, radius + 0.04f + footprint, distance);
    }

    private static float Wood(V3 p, float footprint, uint seed)
    {
        V3 q = new(p.X, p.Y * 0.2f, p.Z);
        float wobble = Noise.Fractal(q * 1.2f, 2, footprint, seed);
        float ring = MathF.Sqrt(q.X * q.X + q.Z * q.Z) * 2.2f + wobble * 2.5f;
        float grain = Noise.Fractal(new(p.X * 14, p.Y * 0.9f, p.Z * 14), 2, footprint * 14, seed ^ 77);
        float saw = ring - MathF.Floor(ring);
        return Clamp01(0.7f * saw * saw + 0.45f * (grain - 0.25f));
    }

    private static float Marble(V3 p, float footprint, uint seed)
    {
        float turbulence = Noise.Fractal(p * 1.6f, 5, footprint * 1.6f, seed);
        float vein = MathF.Abs(Wave(0.6f * p.X + 0.3f * p.Y + 0.45f * p.Z + 2.2f * turbulence) * 2 - 1);
        return Clamp01((1 - vein) * (1 - vein) * 0.85f + 0.3f * (turbulence - 0.35f));
    }

    private static float Planks(V3 p, float footprint, uint seed)
    {
        float row = MathF.Floor(p.X), x = p.X - row;
        float z = p.Z * 0.22f + Noise.At((int)row, 3, 1, seed) * 7, length = MathF.Floor(z);
        float tone = Noise.At((int)row, (int)length, 2, seed);
        float grain = Noise.Fractal(new(p.X * 9 + tone * 90, 0, p.Z * 0.6f + tone * 40), 5, footprint * 9, seed);
        float along = MathF.Min(z - length, 1 - z + length) / 0.22f;
        float gap = 1 - SmoothStep(0.006f, 0.02f + footprint, MathF.Min(MathF.Min(x, 1 - x), along));
        return Clamp01(0.3f + 0.4f * (tone - 0.5f) + 1.3f * (grain - 0.5f) + 0.6f * gap);
    }

    private static float Masonry(float u, float v, float shift, float footprint, uint seed)
    {
        float row = MathF.Floor(v), x = u + shift * (row - 2 * MathF.Floor(row / 2)), column = MathF.Floor(x);
        float fx = x - column, fy = v - row;
        float joint = MathF.Min(MathF.Min(fx, 1 - fx) * (shift > 0 ? 2 : 1), MathF.Min(fy, 1 - fy));
        float tone = 0.35f * Noise.At((int)column, (int)row, 5, seed) + 0.35f * Noise.Fractal(
            new(u * 5 + column * 3.7f, v * 5 + row * 9.1f, 0), 4, footprint * 5, seed);
        return Mix(1, Clamp01(tone), SmoothStep(0.02f, 0.05f + footprint, joint));
    }

    private static float Weave(V3 p, float footprint, uint seed)
    {
        float thread = Wave(p.X * 9) * Wave((p.Z + p.Y) * 9);
        float fine = Mix(thread, 0.25f, Clamp01(footprint * 12 - 0.3f));
        return Clamp01(0.8f * fine + 0.7f * (Noise.Fractal(p * 3, 4, footprint * 3, seed) - 0.3f));
    }

    /// <summary>Broad patches under fine grains.</summary>
    private static float Soil(V3 p, float footprint, uint seed)
    {
        float patches = Noise.Fractal(p * 0.6f, 3, footprint * 0.6f, seed),
        grains = Noise.Fractal(p * 7, 3, footprint * 7, seed ^ 5);
        return SmoothStep(0.25f, 0.75f, 0.45f * patches + 0.55f * grains);
    }
}
