namespace RfDetr.Data;

/// <summary>
/// The faults of a data set's files: broken parts stop the reading or are left out, flaws are counted and go on.
/// </summary>
internal sealed class ProblemList(bool stopAtFirst)
{
    /// <summary>A file of nothing but faults must not fill the memory with reports of them.</summary>
    private const int MostProblems = 100_000;

    private const int MostExamples = 1000;

    private readonly List<DataSetFormatException> _found = [];
    private readonly OrderedDictionary<(DataFlaw, string), (int Count, List<string> Examples)> _flaws = [];
    private readonly Lock _gate = new();

    /// <summary>True if <see cref="Add"/> throws.</summary>
    public bool StopsAtFirst => stopAtFirst;

    /// <summary>Problems found so far.</summary>
    public IReadOnlyList<DataSetFormatException> Found => _found;

    /// <summary>True if so much is broken that reading on tells nothing new.</summary>
    public bool IsFull => _found.Count >= MostProblems;

    /// <summary>The flaws so far, in the order of their first appearance.</summary>
    public IReadOnlyList<DataFlawCount> Flaws =>
        [.. _flaws.Select(f => new DataFlawCount(f.Key.Item1, f.Key.Item2, f.Value.Count, f.Value.Examples))];

    /// <summary>Something cannot be read: throws, or notes it so that the rest can be examined.</summary>
    public void Add(DataSetFormatException problem)
    {
        if (stopAtFirst)
            throw problem;
        lock (_gate)
        {
            if (!IsFull)
                _found.Add(problem);
        }
    }

    /// <summary>Takes over what another list found.</summary>
    public void Take(ProblemList other)
    {
        lock (_gate)
        {
            _found.AddRange(other._found.Take(MostProblems - _found.Count));
            foreach (((DataFlaw, string) key, (int Count, List<string> Examples) more) in other._flaws)
            {
                (int Count, List<string> Examples) known = _flaws.TryGetValue(key, out (int, List<string>) found)
                    ? found
                    : (0, []);
                known.Examples.AddRange(more.Examples.Take(MostExamples - known.Examples.Count));
                _flaws[key] = (known.Count + more.Count, known.Examples);
            }
        }
    }

    /// <summary>Something is odd, but what it means is certain; it is counted and reported.</summary>
    /// <param name="flaw">The kind.</param>
    /// <param name="file">The file it is in.</param>
    /// <param name="place">Place in the file, and what is there.</param>
    public void Flaw(DataFlaw flaw, string file, string place)
    {
        lock (_gate)
        {
            if (!_flaws.TryGetValue((flaw, file), out (int Count, List<string> Examples) known))
                known = (0, []);
            if (known.Examples.Count < MostExamples)
                known.Examples.Add(place);
            _flaws[(flaw, file)] = (known.Count + 1, known.Examples);
        }
    }
}
