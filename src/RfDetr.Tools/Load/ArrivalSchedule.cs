namespace RfDetr.Tools;

/// <summary>The intended times of requests, fixed before the first is sent.</summary>
internal static class ArrivalSchedule
{
    /// <summary>Times from the beginning of the step, ascending; all are less than <paramref name="seconds"/>.</summary>
    public static TimeSpan[] Of(double rate, double seconds, Arrivals arrivals, ulong seed)
    {
        if (arrivals == Arrivals.Even)
        {
            // A hair less than the product: 0.1 × 10 s is one request, not two.
            int count = Math.Max((int)Math.Ceiling(rate * seconds - 1e-9), 1);
            return [.. Enumerable.Range(0, count).Select(i => TimeSpan.FromSeconds(i / rate))];
        }

        var times = new List<TimeSpan>();
        var random = new Xoshiro256(seed);
        for (double at = Gap(); at < seconds && times.Count < LoadOptions.MostRequests; at += Gap())
            times.Add(TimeSpan.FromSeconds(at));
        return times.Count > 0 ? [.. times] : [TimeSpan.Zero];

        // The inverse of the exponential distribution, from 53 random bits in (0, 1].
        double Gap() => -Math.Log(((random.Next() >> 11) + 1) * (1.0 / (1UL << 53))) / rate;
    }
}
