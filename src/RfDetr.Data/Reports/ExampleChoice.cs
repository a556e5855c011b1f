namespace RfDetr.Data;

/// <summary>The images that a report shows.</summary>
internal static class ExampleChoice
{
    /// <summary>Half of them those with most mistakes, half evenly spread over the others; worst first.</summary>
    /// <param name="result">The evaluation.</param>
    /// <param name="count">Largest number of them.</param>
    /// <returns>Ids of images.</returns>
    public static IReadOnlyList<long> Of(EvaluationResult result, int count)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        IReadOnlyList<ImageMistakes> images = result.Confusion.Images;
        long[] worst = [.. images.Where(p => p.Total > 0).OrderByDescending(p => p.Total).Take(count / 2).Select(p => p.ImageId)];
        long[] others = [.. images.Select(p => p.ImageId).Except(worst)];
        int spread = Math.Min(count - worst.Length, others.Length);
        return [.. worst, .. Enumerable.Range(0, spread).Select(i => others[(int)((long)i * others.Length / spread)])];
    }

    /// <summary>
    /// Draws the chosen images with their labels and with what was found at the best threshold; see <see cref="Of"/>.
    /// </summary>
    /// <param name="result">The evaluation.</param>
    /// <param name="images">Its images.</param>
    /// <param name="found">The detections in them.</param>
    /// <param name="classes">The data set's classes.</param>
    /// <param name="count">Largest number of images.</param>
    /// <exception cref="IOException">An image cannot be read.</exception>
    public static IReadOnlyList<ExamplePair> Draw(
        EvaluationResult result, IEnumerable<LabeledImage> images, IEnumerable<FoundObject> found, ClassTable classes,
        int count = 12)
    {
        ILookup<long, FoundObject> byImage = found.ToLookup(f => f.ImageId);
        Dictionary<long, LabeledImage> byId = images.ToDictionary(p => p.Id);
        var pairs = new List<ExamplePair>();
        foreach (long id in Of(result, count))
        {
            using Image image = Image.Load(byId[id].File);
            pairs.Add(ExamplePair.Draw(byId[id], image, byImage[id], classes, result.Sweep.Best.Threshold));
        }

        return pairs;
    }
}
