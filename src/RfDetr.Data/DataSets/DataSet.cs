using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Data;

/// <summary>
/// A folder of labeled images in COCO's, YOLO's or Pascal VOC's layout. Immutable; images are read when they are needed.
/// </summary>
public sealed class DataSet
{
    private readonly IReadOnlyDictionary<string, string> _absent;

    internal DataSet(
        string path, DataSetLayout layout, ClassTable classes, IReadOnlyList<DataSplit> splits,
        IReadOnlyList<DataFlawCount>? flaws = null,
        IReadOnlyDictionary<string, string>? absent = null)
    {
        (Path, Layout, Classes, Splits) = (path, layout, classes, splits);
        _absent = absent ?? new Dictionary<string, string>();
        Warnings = [.. (flaws ?? []).Where(f => f.Level == FindingLevel.Warning).Select(f => f.Sentence)];
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Layout of the files on disk.</summary>
    public DataSetLayout Layout { get; }

    /// <summary>Its classes, the same for all splits.</summary>
    public ClassTable Classes { get; }

    /// <summary>Its parts; training parts first, test parts last.</summary>
    public IReadOnlyList<DataSplit> Splits { get; }

    /// <summary>
    /// Oddities of the files that were left out or read in another way than written, one sentence for each kind and file; to be
    /// shown.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Opens a data set and reads all its annotations; its layout is found from the files.</summary>
    /// <param name="path">
    /// The folder; or a <c>data.yaml</c>; or a COCO file with its images beside it (one split, named "all").
    /// </param>
    /// <param name="options">Options for reading it.</param>
    /// <exception cref="DataSetFormatException">
    /// It is no data set, its layout is ambiguous, an annotation is broken, or images are missing.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static DataSet Open(string path, DataSetOptions? options = null) =>
        Open(path, options, new ProblemList(stopAtFirst: true));

    /// <summary>True if a folder holds a data set of any layout.</summary>
    public static bool IsDataSet(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return LayoutFinder.IsDataSet(folder);
    }

    /// <summary>
    /// A part by its name; "val", "validation" and "val2017" are "valid", "training" and "train2017" are "train".
    /// </summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that are.</exception>
    public DataSplit Split(string name)
    {
        if (TryGetSplit(name, out DataSplit? split))
            return split;
        string? why = _absent.FirstOrDefault(a => SplitNames.Plain(a.Key) == SplitNames.Plain(name)).Value;
        throw new ArgumentException(
            $"the data set '{Path}' has no split '{name}'; it has "
            + $"{string.Join(", ", Splits.Select(s => $"'{s.Name}'"))}{(why is null ? "" : $" ({why})")}",
            nameof(name));
    }

    /// <summary>A part by its name, as <see cref="Split"/> finds it.</summary>
    public bool TryGetSplit(string name, [NotNullWhen(true)] out DataSplit? split)
    {
        ArgumentNullException.ThrowIfNull(name);
        split = Splits.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? Splits.FirstOrDefault(s => SplitNames.Plain(s.Name) == SplitNames.Plain(name));
        return split is not null;
    }

    internal static DataSet Open(string path, DataSetOptions? options, ProblemList problems)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= DataSetOptions.Default;
        LayoutFinder.Found found = LayoutFinder.Find(path, options.Layout);
        var absent = new Dictionary<string, string>(StringComparer.Ordinal);
        (ClassTable classes, List<DataSplit> splits) = found.Layout switch
        {
            DataSetLayout.RoboflowCoco or DataSetLayout.Coco => CocoLayouts.Read(found, options, problems),
            DataSetLayout.Yolo => YoloLayout.Read(found, options, problems, absent),
            _ => VocLayout.Read(found, options, problems),
        };
        return new DataSet(
            found.Root, found.Layout, classes,
            [.. splits.OrderBy(s => SplitNames.Rank(s.Name)).ThenBy(s => s.Name, StringComparer.Ordinal)],
            problems.Flaws, absent);
    }
}
