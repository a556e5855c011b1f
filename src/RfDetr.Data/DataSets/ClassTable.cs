using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Data;

/// <summary>A class of a data set.</summary>
/// <param name="Index">Index of its logit, from 0.</param>
/// <param name="Name">As the data set spells it.</param>
/// <param name="CategoryId">Its id in the data set's files; the index for formats without ids.</param>
/// <param name="Group">COCO's supercategory; null if there is none.</param>
public sealed record DataClass(int Index, string Name, long CategoryId, string? Group = null);

/// <summary>
/// The classes of a data set in the order of their logits: the map dataset id → logit → name, made once and stored with the
/// model.
/// </summary>
public sealed class ClassTable : IReadOnlyList<DataClass>
{
    // Twice the classes of the largest known set (ImageNet's 21,841); a longer list is a damaged or hostile file.
    private const int MostClasses = 50_000, LongestName = 1_000;
    private const int MostLogits = 100_000;

    private readonly DataClass[] _classes;
    private readonly Dictionary<long, DataClass> _byCategory;
    private readonly Dictionary<int, DataClass> _byIndex;

    internal ClassTable(IEnumerable<DataClass> classes, ClassRule rule, DataClass? grouping = null)
    {
        _classes = [.. classes.OrderBy(c => c.Index)];
        _byCategory = _classes.ToDictionary(c => c.CategoryId, MixedHash.Instance);
        _byIndex = _classes.ToDictionary(c => c.Index);
        (Rule, Grouping) = (rule, grouping);
        LogitCount = _classes.Length == 0 ? 0 : _classes[^1].Index + 1;
    }

    /// <summary>Number of classes.</summary>
    public int Count => _classes.Length;

    /// <summary>The rule the indexes were given by.</summary>
    public ClassRule Rule { get; }

    /// <summary>
    /// Logits that the classes take up: the greatest index plus one. Greater than <see cref="Count"/> only where ids have gaps
    /// and were kept.
    /// </summary>
    public int LogitCount { get; }

    /// <summary>Roboflow's grouping category where it was left out, else null; its index is −1.</summary>
    public DataClass? Grouping { get; }

    /// <summary>The n-th class; its logit is its <see cref="DataClass.Index"/>.</summary>
    public DataClass this[int n] => _classes[n];

    /// <summary>The class of a logit.</summary>
    public bool TryGetByIndex(int index, [NotNullWhen(true)] out DataClass? found) => _byIndex.TryGetValue(index, out found);

    /// <summary>The class of a category id.</summary>
    public bool TryGetByCategory(long categoryId, [NotNullWhen(true)] out DataClass? found) =>
        _byCategory.TryGetValue(categoryId, out found);

    /// <summary>The map, one class a line, to be shown before a run.</summary>
    public string Describe()
    {
        IEnumerable<string> lines =
            _classes.Select(c => Invariant.Text($"logit {c.Index} = category {c.CategoryId} '{c.Name}'"));
        if (Grouping is { } group)
            lines = lines.Append(
                Invariant.Text(
                    $"category {group.CategoryId} '{group.Name}' only groups the others and is left out"));
        return string.Join('\n', lines);
    }

    /// <inheritdoc/>
    public IEnumerator<DataClass> GetEnumerator() => ((IEnumerable<DataClass>)_classes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Classes of a format that only has names, in their order.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="names">The names.</param>
    /// <exception cref="DataSetFormatException">There are too many, or one is too long.</exception>
    internal static ClassTable FromNames(string file, IReadOnlyCollection<string> names)
    {
        Bound(file, names);
        return new(names.Select((name, i) => new DataClass(i, name, i)), ClassRule.Contiguous);
    }

    /// <summary>Gives categories their logits.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="categories">Ids unique.</param>
    /// <param name="used">Ids that some annotation has: a grouping category that is used is a class after all.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="DataSetFormatException">There is no class, or an id cannot be a logit.</exception>
    internal static ClassTable FromCategories(
        string file, IReadOnlyCollection<CocoCategory> categories, IReadOnlySet<long> used, ClassRule rule)
    {
        if (categories.Count == 0)
            throw new DataSetFormatException(file, "'categories' is empty; there is no class to learn.");
        Bound(file, [.. categories.Select(c => c.Name)]);
        CocoCategory[] sorted = [.. categories.OrderBy(c => c.Id)];
        if (rule == ClassRule.AsWritten)
        {
            if (sorted.FirstOrDefault(c => c.Id is < 0 or >= MostLogits) is { } odd)
                throw new DataSetFormatException(
                    file,
                    Invariant.Text(
                        $"category id {odd.Id} ('{odd.Name}') cannot be the index of a logit, which is 0 to "
                            + $"{MostLogits - 1}; use contiguous class indexes (ClassRule.Contiguous)."));
            return new ClassTable(sorted.Select(c => new DataClass((int)c.Id, c.Name, c.Id, c.Supercategory)), rule);
        }

        // Roboflow writes a category 0 of supercategory "none" above the real ones. It never has objects; one that has is a
        // class.
        CocoCategory? grouping = sorted.Length > 1 && sorted[0] is { Id: 0, Supercategory: "none" } first && !used.Contains(0)
            ? first
            : null;
        return new ClassTable(
            sorted.Where(c => c != grouping).Select((c, i) => new DataClass(i, c.Name, c.Id, c.Supercategory)),
            rule,
            grouping is null ? null : new DataClass(-1, grouping.Name, grouping.Id, grouping.Supercategory));
    }

    // Each class costs a logit, a row of each table and a line of each report.
    private static void Bound(string file, IReadOnlyCollection<string> names)
    {
        if (names.Count > MostClasses)
        {
            throw new DataSetFormatException(
                file, Invariant.Text($"names {names.Count} classes; there are at most {MostClasses}."));
        }

        if (names.FirstOrDefault(n => n.Length > LongestName) is { } name)
        {
            throw new DataSetFormatException(file, Invariant.Text(
                $"the class '{name[..40]}…' has a name of {name.Length} characters; there are at most {LongestName}."));
        }
    }
}
