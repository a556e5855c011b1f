namespace RfDetr.Data;

/// <summary>Severity of a finding.</summary>
public enum FindingLevel
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>Training works, but probably not as well as it could.</summary>
    Warning,

    /// <summary>Something is broken: training would stop, leave data out, or measure itself wrongly.</summary>
    Error,
}

/// <summary>One thing that <see cref="DataDoctor"/> found.</summary>
/// <param name="Level">Severity.</param>
/// <param name="Code">A word that stays the same from version to version, such as "box-outside".</param>
/// <param name="Split">The split it is about; null for the whole data set.</param>
/// <param name="Text">The finding, its consequence and its cure: one sentence or two.</param>
/// <param name="Count">Number of images, objects or classes that it concerns.</param>
/// <param name="Examples">Up to <see cref="DoctorOptions.Examples"/> of them.</param>
public sealed record DataFinding(
    FindingLevel Level, string Code, string? Split, string Text, int Count, IReadOnlyList<string> Examples);

/// <summary>Checks that <see cref="DataDoctor"/> makes.</summary>
public sealed record DoctorOptions
{
    /// <summary>Side of the network's input in pixels, for which objects are called small.</summary>
    public int Resolution { get; init; } = 384;

    /// <summary>Side of a patch of the network's input.</summary>
    public int Patch { get; init; } = 16;

    /// <summary>Most objects that the network can see in an image.</summary>
    public int Queries { get; init; } = 300;

    /// <summary>
    /// True if every image is read whole: finds broken ones and copies. Without, only annotations are examined.
    /// </summary>
    public bool ReadImages { get; init; } = true;

    /// <summary>Most examples of a finding.</summary>
    public int Examples { get; init; } = 3;

    /// <summary>Threads that read images; 0: one for each core.</summary>
    public int Threads { get; init; }

    internal void Validate()
    {
        if (Resolution < 1 || Patch < 1 || Queries < 1 || Examples < 0 || Threads < 0)
            throw new ArgumentException(
                $"the doctor's resolution, patch and queries must be at least 1, examples and threads at least 0; given {this}");
    }
}

/// <summary>All that <see cref="DataDoctor"/> found.</summary>
/// <param name="Data">The data set, without what could not be read; null if nothing could.</param>
/// <param name="Findings">Errors first.</param>
public sealed record DoctorReport(DataSet? Data, IReadOnlyList<DataFinding> Findings)
{
    /// <summary>Number of findings of a level.</summary>
    public int Count(FindingLevel level) => Findings.Count(f => f.Level == level);
}

/// <summary>Collects findings with some examples each.</summary>
internal sealed class FindingList(int examples)
{
    private readonly List<DataFinding> _found = [];

    public IReadOnlyList<DataFinding> Sorted => [.. _found.OrderByDescending(f => f.Level)];

    /// <summary>Adds a finding unless the list of what it concerns is empty.</summary>
    /// <param name="level">Severity.</param>
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
}
