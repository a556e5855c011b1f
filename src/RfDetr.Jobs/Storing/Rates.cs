namespace RfDetr.Jobs;

/// <summary>Rates from the moments at which results came.</summary>
internal static class Rates
{
    /// <summary>The span before the latest result that a rate is taken from.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Totals of results that came at certain moments, in any order.</summary>
    public static ShardTotals Totals(
        int shards, long images, long failed, IReadOnlyList<(DateTimeOffset Time, int Images)> moments)
    {
        if (moments.Count == 0)
            return new ShardTotals(shards, images, failed, null, null, 0);
        DateTimeOffset first = moments.Min(m => m.Time), latest = moments.Max(m => m.Time);
        DateTimeOffset from = latest - first > Window ? latest - Window : first;

        // The first result of the span ends work that was done before it.
        double seconds = (latest - from).TotalSeconds;
        long counted = moments.Where(m => m.Time > from).Sum(m => (long)m.Images);
        return new ShardTotals(shards, images, failed, first, latest, seconds > 0 ? counted / seconds : 0);
    }
}
