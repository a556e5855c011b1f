namespace RfDetr.Data;

/// <summary>
/// Counts what a format has no place for: properties of objects, which become plainer, and whole objects, which would be gone.
/// </summary>
internal sealed class Losses
{
    private readonly OrderedDictionary<string, int> _counts = [];
    private readonly OrderedDictionary<string, (int Count, string First)> _objects = [];

    /// <summary>Objects that are left out.</summary>
    public int ObjectCount => _objects.Values.Sum(o => o.Count);

    /// <summary>Counts a property; the text is the end of the sentence "n objects: …".</summary>
    public void Add(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    /// <summary>Counts an object that is left out.</summary>
    /// <param name="what">Why, as the end of the sentence "n objects: …".</param>
    /// <param name="which">The object.</param>
    public void AddObject(string what, string which) =>
        _objects[what] = _objects.TryGetValue(what, out (int Count, string First) known)
            ? (known.Count + 1, known.First)
            : (1, which);

    /// <summary>Everything, one sentence for each kind.</summary>
    public IReadOnlyList<string> Sentences =>
    [
        .. _objects.Select(o => $"{Invariant.Plural(o.Value.Count, "object")}: {o.Key}; left out"),
        .. _counts.Select(c => $"{Invariant.Plural(c.Value, "object")}: {c.Key}"),
    ];

    /// <summary>The objects that would be gone, with an example of each kind; empty if there are none.</summary>
    public string Gone =>
        string.Join("; ", _objects.Select(o => $"{Invariant.Plural(o.Value.Count, "object")} ({o.Value.First}): {o.Key}"));
}
