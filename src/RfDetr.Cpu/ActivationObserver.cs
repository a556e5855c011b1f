namespace RfDetr.Cpu;

/// <summary>
/// Notes the ranges of what weights are multiplied with, over all runs of the networks compiled with it. Safe for many threads.
/// </summary>
internal sealed class ActivationObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ActivationRange> _ranges = [];

    /// <summary>Ranges of the activations seen so far, by the weights' names.</summary>
    public IReadOnlyDictionary<string, ActivationRange> Ranges
    {
        get
        {
            lock (_lock)
                return new Dictionary<string, ActivationRange>(_ranges);
        }
    }

    internal void Note(IReadOnlyList<string> weights, ActivationRange seen)
    {
        lock (_lock)
        {
            foreach (string name in weights)
                _ranges[name] = _ranges.TryGetValue(name, out ActivationRange known) ? known.With(seen) : seen;
        }
    }
}
