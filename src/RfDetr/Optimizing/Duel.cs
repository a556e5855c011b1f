using System.Globalization;

namespace RfDetr;

/// <summary>Measures two candidates call by call in turn and keeps account of the time that takes.</summary>
internal sealed class Duel(TimeProvider clock, TimeSpan budget)
{
    // A gain that is smaller is not worth another engine, and cannot be told from noise in a few seconds.
    private const double LeastGain = 0.03;

    // Who is so much slower in each of the first rounds is out at once: time is better spent on the others.
    private const double FarSlower = 1.5, ClearlySlower = 1.1;
    private const int FarRounds = 2, LeastRounds = 3, MostRounds = 40;

    /// <summary>Time that measured calls took.</summary>
    public TimeSpan Spent { get; private set; }

    /// <summary>True when nothing more may be measured.</summary>
    public bool IsOver => Spent >= budget;

    /// <summary>
    /// Measures until one is clearly slower, the share of time is used, or the budget is spent; true if the challenger is
    /// quicker.
    /// </summary>
    public bool Run(Entrant best, Entrant challenger, TimeSpan share, CancellationToken cancellationToken)
    {
        TimeSpan end = Spent + share;
        var ratios = new List<double>();
        while (ratios.Count < MostRounds && !IsOver && (ratios.Count < LeastRounds || Spent < end) && !IsClear(ratios))
        {
            // Who goes first alternates: what one leaves behind in the caches meets the other.
            bool challengerFirst = ratios.Count % 2 == 1;
            double one = Measure(challengerFirst ? challenger : best, cancellationToken);
            double two = Measure(challengerFirst ? best : challenger, cancellationToken);
            ratios.Add(challengerFirst ? one / two : two / one);
        }

        return Judge(best, challenger, ratios);
    }

    private static bool Judge(Entrant best, Entrant challenger, List<double> ratios)
    {
        if (ratios.Count == 0)
            return false;
        double ratio = Center(ratios);
        challenger.Compare(ratio, best.Choice);
        string against = string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} times the time of {best.Choice}");
        if (ratios.Count < LeastRounds && !IsClear(ratios))
            challenger.Decide(
                CandidateFate.NotMeasured,
                string.Create(
                    CultureInfo.InvariantCulture, $"the budget was spent after {ratios.Count} of at least {LeastRounds} rounds"));
        else if (ratio > 1 + LeastGain)
            challenger.Decide(CandidateFate.Slower, against);
        else if (ratio > 1 - LeastGain || 3 * ratios.Count(r => r < 1) < 2 * ratios.Count)
            challenger.Decide(CandidateFate.NotFaster, against + "; not clearly quicker");
        else
            return true;
        return false;
    }

    // The median of both orders, each by itself: where the second call of a round meets a slower machine, one order gains what
    // the other loses.
    private static double Center(List<double> ratios)
    {
        double[] ahead = [.. ratios.Where((_, i) => i % 2 == 0)], behind = [.. ratios.Where((_, i) => i % 2 == 1)];
        double first = SampleStatistics.Median(ahead);
        return behind.Length == 0 ? first : Math.Sqrt(first * SampleStatistics.Median(behind));
    }

    private static bool IsClear(List<double> ratios) =>
        (ratios.Count >= FarRounds && ratios.Min() > FarSlower)
        || (ratios.Count >= LeastRounds && (ratios.Min() > ClearlySlower || ratios.Max() < 1 / ClearlySlower));

    private double Measure(Entrant entrant, CancellationToken cancellationToken)
    {
        int batch = entrant.Choice.Batch;
        long start = clock.GetTimestamp();
        entrant.Contender!.Call(batch, cancellationToken);
        TimeSpan time = clock.GetElapsedTime(start);
        Spent += time;
        entrant.Contender.Settle();

        // A clock may stand still for a call of no length; a ratio needs more than nothing.
        double ms = Math.Max(time.TotalMilliseconds, 1e-6) / batch;
        entrant.Add(ms);
        return ms;
    }
}
