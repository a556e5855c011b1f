namespace RfDetr.Synth;

/// <summary>Draws surfaces at random. Nothing here knows an object's class, so color and pattern say nothing about it.</summary>
internal static class SurfaceMaker
{
    private static readonly Pattern[] ObjectPatterns =
    [
        Pattern.Plain, Pattern.Plain, Pattern.Plain, Pattern.Plain, Pattern.Stripes, Pattern.Bands, Pattern.Checks, Pattern.Dots,
        Pattern.Wood, Pattern.Wood, Pattern.Marble, Pattern.Speckle, Pattern.Cloud, Pattern.Weave,
    ];

    public static Surface Object(SceneRandom random)
    {
        Pattern pattern = random.Pick<Pattern>(ObjectPatterns);
        bool metal = pattern is Pattern.Plain or Pattern.Cloud && random.Chance(0.2f);
        V3 a = Paint(random), b = Partner(random, a, pattern);
        bool shiny = metal || random.Chance(0.65f);
        return new()
        {
            ColorA = metal ? V3.Mix(a, V3.Gray(0.75f), 0.5f) : a,
            ColorB = metal ? V3.Mix(b, V3.Gray(0.6f), 0.5f) : b,
            Pattern = pattern,
            Frequency = pattern is Pattern.Wood or Pattern.Marble or Pattern.Cloud or Pattern.Plain
                ? random.Range(0.8f, 2)
                : random.Range(1.5f, 4),
            Seed = random.NextUInt32(),
            Reflectance = metal ? random.Range(0.55f, 0.85f) : shiny ? random.Range(0.03f, 0.07f) : 0.004f,
            Sharpness = shiny ? 5 + random.Below(4) : 2 + random.Below(2),
            Metal = metal,
        };
    }

    /// <summary>Table tops and floors.</summary>
    public static Surface Floor(SceneRandom random)
    {
        Pattern pattern = random.Pick<Pattern>(
            [
                Pattern.Planks, Pattern.Planks, Pattern.Planks, Pattern.Tiles, Pattern.Marble, Pattern.Weave, Pattern.Weave,
                Pattern.Cloud, Pattern.Checks, Pattern.Speckle, Pattern.Plain
            ]);
        bool wood = pattern is Pattern.Planks && random.Chance(0.8f);
        V3 a = wood ? WoodTone(random) : Muted(random);
        V3 b = wood ? a * random.Range(0.2f, 0.4f) : V3.Mix(a, Muted(random), random.Range(0.25f, 0.7f));
        bool polished = pattern is Pattern.Tiles or Pattern.Marble or Pattern.Planks or Pattern.Checks && random.Chance(0.6f);
        return new()
        {
            ColorA = a,
            ColorB = b,
            Pattern = pattern,
            Frequency = random.Range(2.5f, 7),
            Seed = random.NextUInt32(),
            Reflectance = polished ? random.Range(0.02f, 0.06f) : 0.003f,
            Sharpness = polished ? 5 : 2,
        };
    }

    /// <summary>Grass, sand, earth, asphalt, snow.</summary>
    public static Surface Terrain(SceneRandom random)
    {
        V3 a = random.Pick<V3>(
            [
                new(0.13f, 0.19f, 0.05f), new(0.2f, 0.24f, 0.1f), new(0.55f, 0.42f, 0.24f), new(0.24f, 0.15f, 0.08f),
                new(0.16f, 0.16f, 0.17f), new(0.7f, 0.72f, 0.76f)
            ]);
        return new()
        {
            ColorA = a * random.Range(0.35f, 0.7f),
            ColorB = a * random.Range(1.1f, 1.5f),
            Pattern = Pattern.Soil,
            Frequency = random.Range(6, 14),
            Seed = random.NextUInt32(),
            Reflectance = 0.002f,
            Sharpness = 2,
        };
    }

    public static Surface Wall(SceneRandom random)
    {
        Pattern pattern = random.Pick<Pattern>(
            [
                Pattern.Plain, Pattern.Plain, Pattern.Plain, Pattern.Cloud, Pattern.Bricks, Pattern.Bricks, Pattern.Stripes,
                Pattern.Tiles, Pattern.Dots, Pattern.Planks
            ]);
        V3 a = Muted(random);
        V3 b = V3.Mix(a, pattern is Pattern.Bricks ? V3.Gray(0.55f) : Muted(random), random.Range(0.2f, 0.6f));
        return new()
        {
            ColorA = a,
            ColorB = b,
            Pattern = pattern,
            Frequency = random.Range(3, 9),
            Seed = random.NextUInt32(),
            Reflectance = 0.004f,
            Sharpness = 3
        };
    }

    /// <summary>The second color: near the first for grain, far from it for printed patterns.</summary>
    private static V3 Partner(SceneRandom random, V3 a, Pattern pattern) => pattern switch
    {
        Pattern.Plain or Pattern.Weave => a * 0.6f,
        Pattern.Wood => a * random.Range(0.2f, 0.5f),
        _ => random.Chance(0.4f) ? V3.Gray(random.Chance(0.7f) ? 0.8f : 0.03f) : Paint(random),
    };

    private static V3 Paint(SceneRandom random) => random.Chance(0.15f)
        ? V3.Gray(random.Range(0.15f, 0.92f)).Squared()
        : Hue(random.Unit(), random.Range(0.35f, 0.9f), random.Range(0.35f, 0.95f));

    private static V3 Muted(SceneRandom random) => Hue(random.Unit(), random.Range(0.03f, 0.4f), random.Range(0.35f, 0.9f));

    private static V3 WoodTone(SceneRandom random) =>
        Hue(random.Range(0.04f, 0.11f), random.Range(0.3f, 0.65f), random.Range(0.4f, 0.85f));

    /// <summary>Linear RGB of a hue in turns, saturation and value in [0, 1].</summary>
    private static V3 Hue(float hue, float saturation, float value)
    {
        float r = Channel(hue * 6), g = Channel(hue * 6 + 4), b = Channel(hue * 6 + 2);
        return new V3(r, g, b).Squared();

        float Channel(float at)
        {
            at -= 6 * MathF.Floor(at / 6);
            float full = PortableMath.Clamp01(MathF.Abs(at - 3) - 1);
            return value * (1 - saturation * (1 - full));
        }
    }

    /// <summary>
    /// From image values to light: gamma 2 (the film takes the square root again), for its root is exact on every machine.
    /// </summary>
    private static V3 Squared(this V3 c) => c * c;
}
