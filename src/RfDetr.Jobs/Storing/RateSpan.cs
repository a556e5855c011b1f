namespace RfDetr.Jobs;

/// <summary>The results of the ten minutes before the latest one, as a rate is taken from them.</summary>
/// <param name="Earliest">When the earliest of them came.</param>
/// <param name="Latest">When the latest came.</param>
/// <param name="Images">Images of all of them.</param>
/// <param name="EarliestImages">Images of the earliest.</param>
/// <param name="EarliestSeconds">
/// Seconds that its worker took for the earliest; null if it died before it could say. A span of time and no moment: the clocks
/// of worker and destination may differ.
/// </param>
internal readonly record struct RateSpan(
    DateTimeOffset Earliest, DateTimeOffset Latest, long Images, int EarliestImages, double? EarliestSeconds)
{
    /// <summary>The span before the latest result that a rate is taken from.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Images per second. A job that began, or went on, within the span did all of its results since then. One that has been at
    /// work for longer did the earliest before that came, and the others since; the only result took as long as it took.
    /// </summary>
    public double ImagesPerSecond
    {
        get
        {
            double seconds = (Latest - Earliest).TotalSeconds;
            if (EarliestSeconds is { } earliest && (seconds <= 0 || seconds + earliest <= Window.TotalSeconds))
                return Per(Images, seconds + earliest);
            return Per(Images - EarliestImages, seconds);
        }
    }

    private static double Per(long images, double seconds) => seconds > 0 ? images / seconds : 0;
}
