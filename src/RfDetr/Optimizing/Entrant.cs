namespace RfDetr;

/// <summary>A candidate in the race: what is known about it so far.</summary>
internal sealed class Entrant(EngineChoice choice)
{
    private readonly List<double> _ms = [];

    public EngineChoice Choice { get; } = choice;

    /// <summary>Null until it is loaded, and again when it is out.</summary>
    public IContender? Contender { get; set; }

    public CandidateFate Fate { get; private set; } = CandidateFate.NotMeasured;

    public string Reason { get; private set; } = "the budget was spent before its turn";

    public double? Difference { get; set; }

    public double? Ratio { get; private set; }

    public EngineChoice? Rival { get; private set; }

    /// <summary>Milliseconds per image of one more call.</summary>
    public void Add(double ms) => _ms.Add(ms);

    public void Compare(double ratio, EngineChoice rival) => (Ratio, Rival) = (ratio, rival);

    public void Decide(CandidateFate fate, string reason) => (Fate, Reason) = (fate, reason);

    public CandidateReport Report() =>
        new(
            Choice, Fate, _ms.Count, _ms.Count > 0 ? SampleStatistics.Median(_ms.ToArray()) : null, Ratio, Rival, Difference,
            Reason);
}
