namespace RfDetr.Data;

/// <summary>Counts what a format has no place for.</summary>
internal sealed class Losses
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Counts one; the text is the end of the sentence "n objects …".</summary>
    public void Add(string what)
    {
        if (_counts.TryAdd(what, 0))
            _order.Add(what);
        _counts[what]++;
    }

    public IReadOnlyList<string> Sentences => [.. _order.Select(what => $"{FindingList.Plural(_counts[what], "object")}: {what}")];
}
