namespace RfDetr.Data;

/// <summary>Collects findings with some examples each.</summary>
internal sealed class FindingList(int examples)
{
    private readonly List<DataFinding> _found = [];

    public IReadOnlyList<DataFinding> Sorted => [.. _found.OrderByDescending(f => f.Level)];

    /// <summary>Adds a finding unless the list of what it concerns is empty.</summary>
    /// <param name="level">How bad.</param>
    /// <param name="code">Its lasting name.</param>
    /// <param name="split">Its split.</param>
    /// <param name="concerned">A name for each thing concerned.</param>
    /// <param name="text">The sentence, from their number.</param>
    public void Add(FindingLevel level, string code, string? split, IReadOnlyCollection<string> concerned, Func<int, string> text)
    {
        if (concerned.Count > 0)
            _found.Add(
                new DataFinding(level, code, split, text(concerned.Count), concerned.Count, [.. concerned.Take(examples)]));
    }

    /// <summary>Adds what was odd when the files were read.</summary>
    public void Add(DataFlawCount flaw) => _found.Add(
        new DataFinding(flaw.Level, flaw.Code, null, $"{flaw.File}: {flaw.Text}", flaw.Count, [.. flaw.Examples.Take(examples)]));

    /// <summary>"1 box", "2 boxes".</summary>
    public static string Plural(int count, string one, string? many = null) =>
        Invariant.Text($"{count} {(count == 1 ? one : many ?? one + "s")}");
}
