using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

/// <summary>
/// Random images full of what makes evaluators differ: equal scores, equal overlaps, crowds, objects that need not be found,
/// nothing at all.
/// </summary>
internal static class PlantedCases
{
    private const int Side = 24;

    public static EvaluationInput Random(int seed, int images = 12, int categories = 4)
    {
        var random = new Random(seed);
        List<TruthObject> truth = [];
        List<FoundObject> found = [];
        for (int p = 0; p < images; p++)
        {
            long image = 1000 - 7 * p; // ids fall, though images are compared by rising id
            if (p % 5 == 4)
                continue; // neither truth nor detections
            for (int i = random.Next(6); i > 0; i--)
            {
                (BoxXywh box, RleMask mask) = Blob(random);
                truth.Add(new(image, 10 * random.Next(categories - 1), box, random.Next(4) == 0 ? 3000 : mask.Area)
                {
                    Crowd = random.Next(5) == 0,
                    Ignore = random.Next(8) == 0,
                    NeverFound = random.Next(12) == 0,
                    Mask = mask,
                });
            }

            for (int i = random.Next(14); i > 0; i--)
            {
                (BoxXywh box, RleMask mask) = truth.Count > 0 && random.Next(2) == 0
                    ? Again(truth[random.Next(truth.Count)])
                    : Blob(random);
                found.Add(
                    new(
                        image, 10 * random.Next(1, categories + 1) - 10, random.Next(6) / 5.0, box,
                        random.Next(5) == 0 ? 5000 : random.Next(2) == 0 ? mask.Area : null)
                    { Mask = mask });
            }
        }

        // an image and a class that are not looked at
        found.Add(new(999_999, 0, 1, default, 0) { Mask = RleMask.Empty(Side, Side) });
        found.Add(new(1000, 777, 1, default, 0) { Mask = RleMask.Empty(Side, Side) });
        return new(
            [.. Enumerable.Range(0, images).Select(p => 1000L - 7 * p)],
            [.. Enumerable.Range(0, categories).Select(c => 10L * c).Reverse()], truth, found);
    }

    private static (BoxXywh, RleMask) Again(TruthObject truth) => (truth.Box, truth.Mask!);

    private static (BoxXywh, RleMask) Blob(Random random)
    {
        // Few places and sizes: many objects coincide or overlap equally.
        int x = 4 * random.Next(3), y = 4 * random.Next(3), width = 4 * random.Next(1, 4), height = 4 * random.Next(1, 4);
        var bits = new BitMask(Side, Side);
        for (int row = y; row < y + height; row++)
            bits.Pixels.Slice(row * Side + x, width - (row % 2)).Fill(1);
        return (new BoxXywh(x, y, width, height), RleMask.Encode(bits));
    }
}
