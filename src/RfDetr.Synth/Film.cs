using static RfDetr.Synth.PortableMath;

namespace RfDetr.Synth;

/// <summary>
/// Effects of lens and sensor on the light: softness, vignette, exposure, white balance, response curve, noise.
/// </summary>
internal sealed class Film(SceneRandom random, float brightness)
{
    private readonly float _blur = random.Chance(0.6f) ? random.Range(0, 0.22f) : 0;
    private readonly float _vignette = random.Range(0, 0.35f);
    // A camera meters: the brighter the scene, the shorter it exposes, though not all the way.
    private readonly float _exposure = random.Range(0.8f, 1.2f) * 0.62f / (0.2f + 0.75f * brightness);
    private readonly V3 _balance = new(random.Range(0.92f, 1.08f), 1, random.Range(0.92f, 1.08f));
    private readonly float _noise = random.Chance(0.5f) ? random.Range(1, 9) : random.Range(0, 2);
    private readonly uint _seed = random.NextUInt32();

    /// <summary>Develops a row of linear light into RGB bytes; each frame of a clip has a grain of its own.</summary>
    public void Develop(V3[] light, byte[] rgb, int width, int height, int row, int frame = 0)
    {
        float up = 2f / height, across = 2f / width;
        for (int x = 0; x < width; x++)
        {
            V3 c = Soft(light, width, height, x, row);
            float fx = (x + 0.5f) * across - 1, fy = (row + 0.5f) * up - 1;
            c = c * _balance * (_exposure * (1 - _vignette * 0.5f * (fx * fx + fy * fy)));
            uint h = Noise.Hash(x, row, frame, _seed);
            int at = (row * width + x) * 3;
            rgb[at] = Byte(c.X, Grain(h));
            rgb[at + 1] = Byte(c.Y, Grain(h * 0x9E3779B1));
            rgb[at + 2] = Byte(c.Z, Grain(h * 0x85EBCA77));
        }
    }

    /// <summary>The pixel mixed with its eight neighbors by the kernel (b, 1 − 2b, b) in each direction.</summary>
    private V3 Soft(V3[] light, int width, int height, int x, int y)
    {
        if (_blur <= 0)
            return light[y * width + x];
        V3 sum = default;
        for (int dy = -1; dy <= 1; dy++)
        {
            int row = Math.Clamp(y + dy, 0, height - 1) * width;
            float weight = dy == 0 ? 1 - 2 * _blur : _blur;
            V3 line = light[row + x] * (1 - 2 * _blur) + (
                light[row + Math.Max(x - 1, 0)] + light[row + Math.Min(x + 1, width - 1)]) * _blur;
            sum += line * weight;
        }

        return sum;
    }

    /// <summary>Triangular noise in byte steps: the sum of two even ones.</summary>
    private float Grain(uint h) => ((h & 0xFFF) + (h >> 16 & 0xFFF) - 4095f) * (1f / 4096) * _noise;

    /// <summary>A response that is straight in the dark and rolls off in the bright, then gamma 2.</summary>
    private static byte Byte(float light, float grain)
    {
        float rolled = light * (1 + light * 0.16f) / (1 + light * 0.75f);
        return (byte)Math.Clamp(MathF.Sqrt(Clamp01(rolled * 1.18f)) * 255 + grain + 0.5f, 0, 255);
    }
}
