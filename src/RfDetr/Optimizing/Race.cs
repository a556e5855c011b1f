using System.Globalization;

namespace RfDetr;

/// <summary>
/// Finds the quickest candidate by duels: each one in turn against the best so far, call by call, so that a machine whose speed
/// drifts is the same for both. At most three are in memory: the unoptimized detector, the best, and its challenger.
/// </summary>
/// <param name="source">Loads candidates.</param>
/// <param name="options">Budget and tolerances.</param>
/// <param name="clock">Measures calls.</param>
internal sealed class Race(IContenderSource source, OptimizeOptions options, TimeProvider clock)
{
    private readonly Duel _duel = new(clock, options.Budget);
    private readonly List<Entrant> _all = [];
    private IReadOnlyList<Detections> _expected = [];

    /// <summary>Everything that was considered, with what became of it.</summary>
    public IReadOnlyList<Entrant> Entrants => _all;

    /// <summary>Time that measured calls took.</summary>
    public TimeSpan Spent => _duel.Spent;

    /// <summary>Runs the race. The winner stays loaded and belongs to the caller, everything else is disposed.</summary>
    /// <param name="reference">Choice of the unoptimized detector.</param>
    /// <param name="engines">Choices to try for single images, the safest first.</param>
    /// <param name="batches">Batch sizes tried for what won.</param>
    /// <param name="cancellationToken">Ends the race.</param>
    /// <returns>The best for single images, and the best batch for it.</returns>
    public (Entrant Best, int Batch) Run(
        EngineChoice reference, IReadOnlyList<EngineChoice> engines, Func<EngineChoice, IEnumerable<EngineChoice>> batches,
        CancellationToken cancellationToken)
    {
        var first = new Entrant(reference) { Contender = source.Open(reference, cancellationToken) };
        _all.Add(first);
        Entrant best = first;
        try
        {
            _expected = first.Contender.Look(1, cancellationToken);
            first.Difference = 0;
            Entrant[] challengers = [.. engines.Select(e => new Entrant(e))];
            _all.AddRange(challengers);
            for (int i = 0; i < challengers.Length && !_duel.IsOver; i++)
            {
                if (Meet(best, challengers[i], Share(challengers.Length - i + 1), cancellationToken))
                    best = Succeed(best, challengers[i], first);
            }

            int batch = BestBatch(best, [.. batches(best.Choice).Select(b => new Entrant(b))], cancellationToken);
            best.Decide(
                CandidateFate.Chosen, best == first ? "nothing else is clearly quicker" : "the quickest for single images");
            if (best != first)
                first.Contender.Dispose();
            return (best, batch);
        }
        catch
        {
            foreach (IContender contender in _all.Select(e => e.Contender).OfType<IContender>().Distinct())
                contender.Dispose();
            throw;
        }
    }

    // The remaining time in equal parts; batch sizes together count as one more.
    private TimeSpan Share(int left) => (options.Budget - _duel.Spent) / left;

    private static Entrant Succeed(Entrant old, Entrant challenger, Entrant first)
    {
        old.Decide(CandidateFate.Slower, $"{challenger.Choice} is quicker");
        if (old != first)
        {
            old.Contender!.Dispose();
            old.Contender = null;
        }

        return challenger;
    }

    private int BestBatch(Entrant engine, Entrant[] sizes, CancellationToken cancellationToken)
    {
        _all.AddRange(sizes);
        Entrant best = engine;
        for (int i = 0; i < sizes.Length && !_duel.IsOver; i++)
        {
            Entrant size = sizes[i], rival = best;
            size.Contender = engine.Contender;
            if (!Try(size, () => Compare(rival, size, Share(sizes.Length - i), cancellationToken)))
                continue;
            if (rival != engine)
                rival.Decide(CandidateFate.Slower, $"batches of {size.Choice.Batch} are quicker");
            best = size;
        }

        if (best != engine)
            best.Decide(CandidateFate.Chosen, "the quickest per image for lists of images");
        Array.ForEach(sizes, s => s.Contender = null); // it is the engine's
        return best.Choice.Batch;
    }

    // Loads a challenger and lets it compete; true if it won. A loser is let go.
    private bool Meet(Entrant best, Entrant challenger, TimeSpan share, CancellationToken cancellationToken)
    {
        bool won = Try(challenger, () =>
        {
            challenger.Contender = source.Open(challenger.Choice, cancellationToken);
            return Compare(best, challenger, share, cancellationToken);
        });
        if (!won)
        {
            challenger.Contender?.Dispose();
            challenger.Contender = null;
        }

        return won;
    }

    // Whatever goes wrong with a candidate is a reason not to take it, and none to end the race.
    private static bool Try(Entrant challenger, Func<bool> compare)
    {
        try
        {
            return compare();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            challenger.Decide(CandidateFate.Failed, e.Message);
            return false;
        }
    }

    private bool Compare(Entrant best, Entrant challenger, TimeSpan share, CancellationToken cancellationToken)
    {
        double difference =
            OutputDifference.Largest(_expected, challenger.Contender!.Look(challenger.Choice.Batch, cancellationToken));
        double tolerance = options.ToleranceOf(challenger.Choice);
        challenger.Difference = difference;
        if (!(difference <= tolerance))
        {
            challenger.Decide(
                CandidateFate.Different,
                string.Create(
                    CultureInfo.InvariantCulture, $"its results differ by {difference:0.####}, {tolerance:0.####} is tolerated"));
            return false;
        }

        return _duel.Run(best, challenger, share, cancellationToken);
    }
}
