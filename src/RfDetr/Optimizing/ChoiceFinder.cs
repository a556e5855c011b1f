using System.Globalization;

namespace RfDetr;

/// <summary>
/// Remembers or measures. Only one race at a time runs in a process: two would measure each other. Who waited finds the choice
/// remembered.
/// </summary>
internal sealed class ChoiceFinder(ChoiceCache cache, OptimizeOptions options, TimeProvider clock)
{
    private static readonly SemaphoreSlim s_racing = new(1, 1);

    /// <summary>The choice for these facts.</summary>
    /// <param name="facts">Facts that the choice depends on.</param>
    /// <param name="candidates">Candidates to compare.</param>
    /// <param name="source">Loads candidates.</param>
    /// <param name="cancellationToken">Ends the wait and the race.</param>
    /// <returns>The report, and the winner if it was measured now; then it belongs to the caller.</returns>
    public (OptimizationReport Report, IContender? Winner) Find(
        IReadOnlyList<string> facts, CandidateFacts candidates, IContenderSource source, CancellationToken cancellationToken)
    {
        s_racing.Wait(cancellationToken);
        try
        {
            // An incomplete race is run again only if there is more time for it now.
            if (
                !options.Refresh
                    && cache.Find(facts) is { } known && (known.IsComplete || known.BudgetSeconds >= options.Budget.TotalSeconds))
                return (known with { FromCache = true }, null);
            return Measure(facts, candidates, source, cancellationToken);
        }
        finally
        {
            _ = s_racing.Release();
        }
    }

    private (OptimizationReport Report, IContender Winner) Measure(
        IReadOnlyList<string> facts, CandidateFacts candidates, IContenderSource source, CancellationToken cancellationToken)
    {
        var race = new Race(source, options, clock);
        (Entrant best, int batch) = race.Run(
            candidates.Reference, Candidates.Engines(candidates, options),
            engine => Candidates.Batches(engine, candidates, options), cancellationToken);
        var report = new OptimizationReport
        {
            MeasuredAt = clock.GetUtcNow(),
            Facts = facts,
            BudgetSeconds = options.Budget.TotalSeconds,
            SpentSeconds = race.Spent.TotalSeconds,
            Reference = candidates.Reference,
            Chosen = best.Choice with { Batch = batch },
            Reason = Reason(race, best),
            Candidates = [.. race.Entrants.Select(e => e.Report())],
            IsComplete = race.Entrants.All(e => e.Fate != CandidateFate.NotMeasured),
        };
        return (Stored(report), best.Contender!);
    }

    private OptimizationReport Stored(OptimizationReport report)
    {
        try
        {
            cache.Store(report);
            return report;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return report with { Notes = [$"the choice could not be stored, so it will be measured again: {e.Message}"] };
        }
    }

    private static string Reason(Race race, Entrant best)
    {
        Entrant first = race.Entrants[0];
        int refused = race.Entrants.Count(e => e.Fate == CandidateFate.Different),
        unknown = race.Entrants.Count(e => e.Fate == CandidateFate.NotMeasured);
        string reason = best == first
            ? "nothing else is clearly quicker than the detector as it was loaded"
            : string.Create(CultureInfo.InvariantCulture, $"{best.Ratio:0.00} times the time of {best.Rival}");
        if (refused > 0)
            reason += string.Create(CultureInfo.InvariantCulture, $"; {refused} refused because results differ");
        if (unknown > 0)
            reason += string.Create(CultureInfo.InvariantCulture, $"; the budget was too short for {unknown}");
        return reason;
    }
}
