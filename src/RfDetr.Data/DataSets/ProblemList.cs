namespace RfDetr.Data;

/// <summary>What to do about a broken part of a data set: stop, or note it and go on without that part.</summary>
internal sealed class ProblemList(bool stopAtFirst)
{
    private readonly List<DataSetFormatException> _found = [];

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<DataSetFormatException> Found => _found;

    /// <summary>Throws or notes.</summary>
    public void Add(DataSetFormatException problem)
    {
        if (stopAtFirst)
            throw problem;
        _found.Add(problem);
    }
}
