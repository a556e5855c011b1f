using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// Order of the images of an epoch, and its number of steps. Depends on seed and epoch only, not on rank or workers.
/// </summary>
internal sealed class EpochPlan
{
    /// <summary>A set with fewer effective batches than this is drawn from with replacement until it has as many.</summary>
    private const int LeastBatches = 5;

    private readonly int _images;
    private readonly ulong _seed;
    private readonly double[]? _repeats;
    private readonly bool _small;

    public EpochPlan(DataSplit split, LoaderOptions options)
    {
        _images = split.Images.Count;
        _seed = options.Seed;
        int perStep = options.BatchSize * options.WorldSize;
        _repeats = options.Sampling == Sampling.RepeatFactor ? RepeatFactors.Of(split, options.RepeatThreshold) : null;
        long places = _repeats is null ? _images : (long)_repeats.Sum();
        long effective = (long)perStep * options.Accumulation;
        _small = places < LeastBatches * effective;
        Steps = _small ? LeastBatches * options.Accumulation : (int)(places / perStep);
        Places = checked(Steps * perStep);
    }

    /// <summary>Steps of an epoch; an incomplete last one is dropped.</summary>
    public int Steps { get; }

    /// <summary>Images of an epoch over all ranks.</summary>
    public int Places { get; }

    /// <summary>Image indexes in the order of an epoch, [<see cref="Places"/>].</summary>
    public int[] Order(int epoch)
    {
        var random = new SampleRandom(_seed, Streams.Order, (ulong)epoch);
        int[] order = new int[Places];
        if (_repeats is not null)
            Repeated(order, random);
        else if (_small)
            Fill(order, () => random.Below(_images));
        else
            Shuffled(random).AsSpan(0, Places).CopyTo(order);
        return order;
    }

    private int[] Shuffled(SampleRandom random)
    {
        int[] all = [.. Enumerable.Range(0, _images)];
        random.Shuffle<int>(all);
        return all;
    }

    /// <summary>
    /// Each image as often as its factor says; the broken part is a chance. Then shuffled, and filled up or cut to the epoch's
    /// length.
    /// </summary>
    private void Repeated(int[] order, SampleRandom random)
    {
        var all = new List<int>(_repeats!.Length * 2);
        for (int i = 0; i < _repeats.Length; i++)
        {
            int times = (int)_repeats[i];
            times += random.Chance(_repeats[i] - times) ? 1 : 0;
            all.AddRange(Enumerable.Repeat(i, times));
        }

        int[] shuffled = [.. all];
        random.Shuffle<int>(shuffled);
        for (int i = 0; i < order.Length; i++)
            order[i] = i < shuffled.Length ? shuffled[i] : shuffled[random.Below(shuffled.Length)];
    }

    private static void Fill(int[] order, Func<int> next)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = next();
    }
}

/// <summary>Purposes of random streams, so that none repeats another.</summary>
internal static class Streams
{
    public const ulong Order = 1, Image = 2, Scale = 3, Replacement = 4;
}

/// <summary>
/// Number of times that each image is to be seen so that rare classes are seen enough (Gupta et al., LVIS, 2019, equation of
/// section 5.1).
/// </summary>
internal static class RepeatFactors
{
    /// <summary>
    /// One factor an image, at least 1: the greatest over its classes of <c>max(1, √(threshold / f))</c>, f the share of images
    /// that hold the class.
    /// </summary>
    public static double[] Of(DataSplit split, double threshold)
    {
        double[] byClass = new double[split.Classes.LogitCount];
        foreach (LabeledImage image in split.Images)
        {
            foreach (int index in Present(image))
                byClass[index]++;
        }

        for (int i = 0; i < byClass.Length; i++)
            byClass[i] = byClass[i] > 0 ? Math.Max(1, Math.Sqrt(threshold * split.Images.Count / byClass[i])) : 1;
        return [.. split.Images.Select(image => Present(image).Select(index => byClass[index]).DefaultIfEmpty(1).Max())];
    }

    private static IEnumerable<int> Present(LabeledImage image) =>
        image.Objects.Where(o => !o.IsCrowd).Select(o => o.ClassIndex).Distinct();
}
