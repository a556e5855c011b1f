namespace RfDetr.Data;

/// <summary>Which images a report shows.</summary>
public static class ExampleChoice
{
    /// <summary>Half of them those with most mistakes, half evenly spread over the others; worst first.</summary>
    /// <param name="result">The evaluation.</param>
    /// <param name="count">How many at most.</param>
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
}
