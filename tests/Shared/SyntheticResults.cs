using RfDetr.Data;

namespace RfDetr.Tests;

/// <summary>
/// Results of the size of COCO's validation set, from a seed: most objects are found more or less well, the rest is noise.
/// </summary>
internal static class SyntheticResults
{
    private const double Width = 640, Height = 480;

    public static EvaluationInput Make(
        int images = 5_000, int objects = 36_000, int detections = 500_000, int categories = 80, int seed = 1)
    {
        var random = new Random(seed);
        var truth = new TruthObject[objects];
        var found = new FoundObject[detections];
        for (int i = 0; i < objects; i++)
        {
            BoxXywh box = Box(random);
            truth[i] =
                new(random.Next(images), Category(random, categories), box, box.Area * .7) { Crowd = random.Next(80) == 0 };
        }

        for (int i = 0; i < detections; i++)
        {
            TruthObject near = truth[random.Next(objects)];
            bool noise = random.NextDouble() < .8;
            BoxXywh box = noise ? Box(random) : Shaken(random, near.Box);
            double score = Math.Round(noise ? Math.Pow(random.NextDouble(), 4) : random.NextDouble(), 3); // ties
            found[i] = new(
                noise ? random.Next(images) : near.ImageId, noise ? Category(random, categories) : near.CategoryId, score, box,
                box.Area);
        }

        return new(
            [.. Enumerable.Range(0, images).Select(i => (long)i)], [.. Enumerable.Range(0, categories).Select(c => (long)c)],
            truth, found);
    }

    /// <summary>A few classes are very frequent, as in COCO.</summary>
    private static long Category(Random random, int categories) => (long)(categories * Math.Pow(random.NextDouble(), 2.5));

    private static BoxXywh Box(Random random)
    {
        double side = 8 + 300 * Math.Pow(random.NextDouble(), 3), width = side * (.5 + random.NextDouble()),
        height = side * (.5 + random.NextDouble());
        return new(random.NextDouble() * (Width - width), random.NextDouble() * (Height - height), width, height);
    }

    private static BoxXywh Shaken(Random random, BoxXywh box)
    {
        double Shift() => (random.NextDouble() - .5) * .25;
        return new(
            box.X + Shift() * box.Width, box.Y + Shift() * box.Height, box.Width * (1 + Shift()), box.Height * (1 + Shift()));
    }
}
