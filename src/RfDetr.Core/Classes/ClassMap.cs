using System.Diagnostics.CodeAnalysis;

namespace RfDetr;

/// <summary>Meaning of one class logit.</summary>
/// <param name="Label">Index of the logit, 0-based.</param>
/// <param name="Name">The class's name.</param>
/// <param name="DatasetId">Category id in the data set it was trained on; null if the checkpoint does not tell.</param>
public sealed record ClassEntry(int Label, string Name, int? DatasetId = null);

/// <summary>
/// The map logit → name → original data-set id. Logits without a name (COCO's holes, an unused 0, the background) are
/// never emitted.
/// </summary>
public sealed record ClassMap
{
    private readonly Dictionary<int, ClassEntry> _byLabel;

    /// <summary>Makes a map.</summary>
    /// <param name="classLogits">Logits C of the head.</param>
    /// <param name="entries">The named ones; each label in 0…C−1 and at most once.</param>
    /// <param name="source">One sentence: which rule made the map.</param>
    /// <exception cref="ArgumentException">A label is outside the head, repeated, or has no name.</exception>
    public ClassMap(int classLogits, IEnumerable<ClassEntry> entries, string source)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentOutOfRangeException.ThrowIfLessThan(classLogits, 1);
        Entries = [.. entries.OrderBy(e => e.Label)];
        ClassLogits = classLogits;
        Source = source;
        _byLabel = new Dictionary<int, ClassEntry>(Entries.Count);
        foreach (ClassEntry entry in Entries)
        {
            if (entry.Label < 0 || entry.Label >= classLogits)
                throw new ArgumentException(
                    $"class '{entry.Name}' has label {entry.Label}, but the head has {classLogits} logits (0…{classLogits - 1})",
                    nameof(entries));
            if (string.IsNullOrWhiteSpace(entry.Name))
                throw new ArgumentException(
                    $"label {entry.Label} has an empty name; leave it out if it means nothing", nameof(entries));
            if (!_byLabel.TryAdd(entry.Label, entry))
                throw new ArgumentException(
                    $"label {entry.Label} has two names, '{_byLabel[entry.Label].Name}' and '{entry.Name}'", nameof(entries));
        }
    }

    /// <summary>Logits C of the head.</summary>
    public int ClassLogits { get; }

    /// <summary>The named logits by rising label.</summary>
    public IReadOnlyList<ClassEntry> Entries { get; }

    /// <summary>Name of the rule that made the map, for people.</summary>
    public string Source { get; }

    /// <summary>
    /// One sentence with both readings where the file does not say which of two is right; null where the map is certain.
    /// </summary>
    public string? Doubt { get; init; }

    /// <summary>
    /// True if detections of this label are results; false for unnamed logits and for numbers outside the head.
    /// </summary>
    public bool IsEmitted(int label) => _byLabel.ContainsKey(label);

    /// <summary>Finds the meaning of a label; false if it has none.</summary>
    public bool TryGet(int label, [NotNullWhen(true)] out ClassEntry? entry) => _byLabel.TryGetValue(label, out entry);

    /// <summary>The class's name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The label has no name; ask <see cref="IsEmitted"/> first.</exception>
    public string NameOf(int label) => _byLabel.TryGetValue(label, out ClassEntry? entry)
        ? entry.Name
        : throw new ArgumentOutOfRangeException(
            nameof(label), label, $"label {label} has no class name among {Entries.Count} of {ClassLogits} logits");

    /// <summary>COCO's ids 1…90 with their names, for a head of 91.</summary>
    public static ClassMap Coco { get; } = new(
        CocoClasses.Logits, CocoClasses.All.Select(c => new ClassEntry(c.Id, c.Name, c.Id)),
        "COCO's category ids (91 logits, no class names stored)");

    /// <summary>True if both have the same logits, names and ids, wherever they come from.</summary>
    public bool Equals(ClassMap? other) =>
        other is not null && ClassLogits == other.ClassLogits && Entries.SequenceEqual(other.Entries);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(ClassLogits);
        foreach (ClassEntry entry in Entries)
            hash.Add(entry);
        return hash.ToHashCode();
    }
}
