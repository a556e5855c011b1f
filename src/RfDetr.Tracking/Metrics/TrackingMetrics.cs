namespace RfDetr.Tracking;

/// <summary>
/// Tracking metrics as TrackEval computes them, on IoU of boxes. Add sequences, then ask for the scores of all of them together:
/// counts are added up, as TrackEval does, not averaged. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// Entries of a truth with score 0 are not counted; predictions that match them and nothing else are removed first. Classes play
/// no role: filter entries beforehand.
/// </remarks>
public sealed class TrackingMetrics
{
    private readonly HotaSums _hota = new();
    private readonly ClearSums _clear = new();
    private readonly IdentitySums _identity = new();

    /// <summary>Scores of one sequence.</summary>
    /// <param name="truth">True objects.</param>
    /// <param name="result">Predicted objects.</param>
    public static TrackingScores Of(IEnumerable<MotEntry> truth, IEnumerable<MotEntry> result)
    {
        var metrics = new TrackingMetrics();
        metrics.Add(truth, result);
        return metrics.Scores();
    }

    /// <summary>Adds a sequence.</summary>
    /// <param name="truth">True objects.</param>
    /// <param name="result">Predicted objects.</param>
    public void Add(IEnumerable<MotEntry> truth, IEnumerable<MotEntry> result)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(result);
        SequencePair pair = SequencePair.Of([.. truth], [.. result]);
        _hota.Add(pair);
        _clear.Add(pair);
        _identity.Add(pair);
    }

    /// <summary>Scores of all sequences added so far.</summary>
    public TrackingScores Scores() => new(_hota.Scores(), _clear.Scores(), _identity.Scores());
}
