using System.Text;

namespace RfDetr.Data;

/// <summary>An image of a conversion: where it comes from, where it goes, and what must be read there.</summary>
/// <param name="Split">Name of its split in the new data set.</param>
/// <param name="Image">The image as it was.</param>
/// <param name="To">Its path below the new folder, with '/'.</param>
/// <param name="Objects">Those of its objects that are written, in order.</param>
internal sealed record PlannedImage(string Split, LabeledImage Image, string To, IReadOnlyList<LabeledObject> Objects);

/// <summary>Everything that a conversion will write, known and checked before the first byte is.</summary>
internal sealed class ConversionPlan(DataSet data, DataSetLayout layout)
{
    private readonly List<(string To, string Owner, Action<Stream> Write)> _files = [];
    private readonly List<PlannedImage> _images = [];
    private readonly List<PlannedImage> _entries = [];

    /// <summary>The layout that is written.</summary>
    public DataSetLayout Layout => layout;

    /// <summary>Properties and objects that have no place in the new layout.</summary>
    public Losses Losses { get; } = new();

    /// <summary>Files other than images: their path below the new folder, and what writes them.</summary>
    public IReadOnlyList<(string To, string Owner, Action<Stream> Write)> Files => _files;

    /// <summary>All image files.</summary>
    public IReadOnlyList<PlannedImage> Images => _images;

    /// <summary>
    /// Everything that must be read in the new data set: the images, and further entries for files that several images share.
    /// </summary>
    public IReadOnlyList<PlannedImage> Entries => _entries;

    /// <summary>Plans a file.</summary>
    /// <param name="to">Path below the new folder.</param>
    /// <param name="owner">Name of its owner, for messages.</param>
    /// <param name="write">Writes it.</param>
    public void Add(string to, string owner, Action<Stream> write) => _files.Add((to, owner, write));

    /// <summary>Plans a text in UTF-8.</summary>
    public void Add(string to, string owner, Func<string> text) =>
        Add(to, owner, stream => stream.Write(Encoding.UTF8.GetBytes(text())));

    /// <summary>Plans an image.</summary>
    public void Add(PlannedImage image)
    {
        _images.Add(image);
        _entries.Add(image);
    }

    /// <summary>Plans a further entry for an image file that is planned already.</summary>
    public void AddEntry(PlannedImage entry) => _entries.Add(entry);

    /// <summary>
    /// The name of an image as a path below its split's folder: one that leads out of it is named from the data set's folder.
    /// </summary>
    public string NameOf(LabeledImage image) =>
        image.Name.StartsWith("../", StringComparison.Ordinal) ? ImageNames.Relative(data.Path, image.File) : image.Name;

    /// <summary>The refusal of a conversion: names what is wrong, both sides of it where there are two.</summary>
    public DataSetFormatException Refusal(string why) => new(data.Path, $"{why} Nothing was written.");

    /// <summary>Checks that no two things would be written into one file, on whatever system the result is used.</summary>
    /// <exception cref="DataSetFormatException">Names both.</exception>
    public void CheckPaths()
    {
        var owners = new Dictionary<string, (string To, string Owner)>(StringComparer.OrdinalIgnoreCase);
        foreach ((string to, string owner) in _files.Select(f => (f.To, f.Owner)).Concat(_images.Select(i => (i.To, Owner(i)))))
        {
            // Windows and macOS take names that differ in case for one, and Windows takes '\' for a folder.
            string key = to.Replace('\\', '/');
            if (owners.TryAdd(key, (to, owner)))
                continue;
            (string otherTo, string other) = owners[key];
            throw Refusal(otherTo == to
                ? $"{other} and {owner} would both be written as '{to}'; rename one of them."
                : $"{other} and {owner} would be written as '{otherTo}' and '{to}', which are one file on some systems; "
                    + "rename one of them.");
        }
    }

    /// <summary>An image as messages call it.</summary>
    public static string Owner(PlannedImage image) =>
        Invariant.Text($"image {image.Image.Id} '{image.Image.Name}' of '{image.Split}'");
}
