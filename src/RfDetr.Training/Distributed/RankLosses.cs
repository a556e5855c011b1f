namespace RfDetr.Training;

/// <summary>
/// A loss and its terms over all processes. Each process divides by the mean number of objects, so the mean of its losses is what
/// one process would find with all images in one batch.
/// </summary>
/// <param name="Total">The weighted sum.</param>
/// <param name="Terms">The terms, not weighted.</param>
internal sealed record RankLosses(double Total, IReadOnlyList<(string Name, double Value)> Terms)
{
    /// <summary>Averages what the processes have; all must ask at the same time, and have the same terms.</summary>
    public static RankLosses Mean(Ranks ranks, double total, IReadOnlyList<(string Name, double Value)> terms)
    {
        double[] means = ranks.Means([total, .. terms.Select(t => t.Value)]);
        return new(means[0], [.. terms.Select((t, i) => (t.Name, means[i + 1]))]);
    }
}
