namespace RfDetr.Data;

/// <summary>Mistakes in one image.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Missed">Objects that nothing was found for.</param>
/// <param name="Invented">Detections that no object belongs to.</param>
/// <param name="Confused">Objects found as another class.</param>
public readonly record struct ImageMistakes(long ImageId, int Missed, int Invented, int Confused)
{
    /// <summary>All of them.</summary>
    public int Total => Missed + Invented + Confused;
}

/// <summary>
/// Counts of which class is taken for which, among detections of at least some score. The last row and column are the background:
/// found where nothing is, and not found.
/// </summary>
/// <remarks>
/// Detections first take objects of their own class as COCO assigns them (best score first, largest overlap), so that the
/// diagonal counts what AP counts as right; what is left over is then paired across classes by the same rule. Detections in
/// crowds, or of objects that need not be found, do not appear.
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly int[] _counts;
    private readonly List<ImageMistakes> _mistakes = [];

    private ConfusionMatrix(long[] categories, double scoreThreshold, double iouThreshold)
    {
        (CategoryIds, ScoreThreshold, IouThreshold) = (categories, scoreThreshold, iouThreshold);
        _counts = new int[(categories.Length + 1) * (categories.Length + 1)];
    }

    /// <summary>The classes by rising id.</summary>
    public IReadOnlyList<long> CategoryIds { get; }

    /// <summary>Index of the background, as a row and as a column.</summary>
    public int Background => CategoryIds.Count;

    /// <summary>Detections of at least this score take part.</summary>
    public double ScoreThreshold { get; }

    /// <summary>Overlap from which on a detection and an object belong together.</summary>
    public double IouThreshold { get; }

    /// <summary>Every image's share, in the order of the input.</summary>
    public IReadOnlyList<ImageMistakes> Images => _mistakes;

    /// <summary>Number of times that the true class was taken for the found one.</summary>
    /// <param name="truth">Index of the true class, or <see cref="Background"/>.</param>
    /// <param name="found">Index of the found class, or <see cref="Background"/>.</param>
    public int this[int truth, int found] => _counts[truth * (Background + 1) + found];

    /// <summary>Counts.</summary>
    /// <param name="input">Truth and detections.</param>
    /// <param name="kind">Boxes or masks.</param>
    /// <param name="scoreThreshold">Detections of at least this score take part.</param>
    /// <param name="iouThreshold">0..1.</param>
    /// <exception cref="ArgumentException">
    /// Masks are asked for and one is missing, or masks of one image differ in size.
    /// </exception>
    public static ConfusionMatrix Of(EvaluationInput input, EvaluationKind kind, double scoreThreshold, double iouThreshold = .5)
    {
        ArgumentNullException.ThrowIfNull(input);
        var matrix = new ConfusionMatrix(
            [.. input.CategoryIds.Distinct(MixedHash.Instance).Order()], scoreThreshold, iouThreshold);
        Dictionary<long, int> index = matrix.CategoryIds.Index().ToDictionary(c => c.Item, c => c.Index, MixedHash.Instance);
        ILookup<long, TruthObject> truth = input.Truth.Where(t => index.ContainsKey(t.CategoryId))
            .ToLookup(t => t.ImageId, MixedHash.Instance);
        ILookup<long, FoundObject> found = input.Found
            .Where(f => f.Score >= scoreThreshold && index.ContainsKey(f.CategoryId))
                .ToLookup(f => f.ImageId, MixedHash.Instance);
        foreach (long image in input.ImageIds.Distinct(MixedHash.Instance))
        {
            // Objects that count come first: they are taken before those that do not.
            TruthObject[] objects = [.. truth[image].OrderBy(t => !GroupMatcher.Counts(t, AreaRange.All))];
            FoundObject[] detections = [.. found[image].OrderByDescending(f => f.Score)];
            matrix.Add(image, objects, detections, kind, index);
        }

        return matrix;
    }

    private void Add(long image, TruthObject[] truth, FoundObject[] found, EvaluationKind kind, Dictionary<long, int> index)
    {
        double[] ious = new double[truth.Length * found.Length];
        Overlaps.Fill(truth, found, kind, ious, new double[found.Length]);
        bool[] taken = new bool[truth.Length], settled = new bool[found.Length];
        int missed = 0, invented = 0, confused = 0;
        foreach (bool ownClass in (ReadOnlySpan<bool>)[true, false])
        {
            for (int d = 0; d < found.Length; d++)
            {
                if (settled[d])
                    continue;
                int chosen = Choose(truth, taken, found[d].CategoryId, ownClass, ious.AsSpan(d * truth.Length, truth.Length));
                if (chosen < 0)
                    continue;
                settled[d] = true;
                taken[chosen] = true;
                if (!GroupMatcher.Counts(truth[chosen], AreaRange.All))
                    continue;
                confused += ownClass ? 0 : 1;
                Count(index[truth[chosen].CategoryId], index[found[d].CategoryId]);
            }
        }

        for (int d = 0; d < found.Length; d++)
        {
            if (settled[d])
                continue;
            invented++;
            Count(Background, index[found[d].CategoryId]);
        }

        for (int g = 0; g < truth.Length; g++)
        {
            if (taken[g] || !GroupMatcher.Counts(truth[g], AreaRange.All))
                continue;
            missed++;
            Count(index[truth[g].CategoryId], Background);
        }

        _mistakes.Add(new(image, missed, invented, confused));
    }

    private int Choose(TruthObject[] truth, bool[] taken, long category, bool ownClass, ReadOnlySpan<double> ious)
    {
        int chosen = -1;
        double best = IouThreshold;
        for (int g = 0; g < truth.Length; g++)
        {
            bool counts = GroupMatcher.Counts(truth[g], AreaRange.All);
            if (!counts && (!ownClass || chosen >= 0))
                break;
            if (truth[g].CategoryId == category != ownClass || (taken[g] && !truth[g].Crowd) || ious[g] < best)
                continue;
            (best, chosen) = (ious[g], g);
        }

        return chosen;
    }

    private void Count(int truth, int found) => _counts[truth * (Background + 1) + found]++;
}
