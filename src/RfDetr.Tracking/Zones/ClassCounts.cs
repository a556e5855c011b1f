namespace RfDetr.Tracking;

/// <summary>Counts, in all and per class.</summary>
public sealed class ClassCounts
{
    private readonly SortedDictionary<int, long> _perClass = [];

    /// <summary>The count of all classes together.</summary>
    public long Total { get; private set; }

    /// <summary>Counts per class id; classes that were never counted are absent.</summary>
    public IReadOnlyDictionary<int, long> PerClass => _perClass;

    /// <summary>The count of one class.</summary>
    public long Of(int classId) => _perClass.GetValueOrDefault(classId);

    internal void Add(int classId)
    {
        Total++;
        _perClass[classId] = Of(classId) + 1;
    }

    internal void Clear()
    {
        Total = 0;
        _perClass.Clear();
    }
}
