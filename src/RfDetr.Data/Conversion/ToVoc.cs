using System.Globalization;
using System.Xml.Linq;

namespace RfDetr.Data;

/// <summary>Writes Pascal VOC's layout, with <c>labels.txt</c> for the order of the classes.</summary>
internal static class ToVoc
{
    public static List<(string From, string To)> Write(DataSet data, string folder, Losses losses)
    {
        var files = new List<(string, string)>();
        string images = Path.Combine(folder, "JPEGImages"), annotations = Path.Combine(folder, "Annotations"), lists = Path.Combine(folder, "ImageSets", "Main");
        foreach (string path in new[] { images, annotations, lists })
            Directory.CreateDirectory(path);
        var stems = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (DataSplit split in data.Splits)
        {
            var listed = new List<string>();
            foreach (LabeledImage image in split.Images)
            {
                string stem = Unique(stems, split, image), file = stem + Path.GetExtension(image.Name);
                listed.Add(stem);
                Annotation(data, image, file, losses).Save(Path.Combine(annotations, stem + ".xml"));
                files.Add((image.File, Path.Combine(images, file)));
            }

            AtomicFile.WriteText(Path.Combine(lists, Name(split) + ".txt"), string.Concat(listed.Select(stem => stem + "\n")), flushToDisk: false);
        }

        AtomicFile.WriteText(Path.Combine(folder, VocLayout.LabelsFile), string.Concat(data.Classes.Select(c => c.Name + "\n")), flushToDisk: false);
        return files;
    }

    private static string Name(DataSplit split) => SplitNames.Plain(split.Name) switch { "valid" => "val", "all" => "train", string other => other };

    // VOC has one folder for all images.
    private static string Unique(HashSet<string> stems, DataSplit split, LabeledImage image)
    {
        string stem = Path.ChangeExtension(image.Name, null).Replace('/', '_');
        string candidate = stems.Contains(stem) ? $"{Name(split)}_{stem}" : stem;
        for (int n = 2; !stems.Add(candidate); n++)
            candidate = string.Create(CultureInfo.InvariantCulture, $"{stem}_{n}");
        return candidate;
    }

    private static XElement Annotation(DataSet data, LabeledImage image, string file, Losses losses) => new(
        "annotation",
        new XElement("folder", "JPEGImages"),
        new XElement("filename", file),
        new XElement("size", new XElement("width", image.Width), new XElement("height", image.Height), new XElement("depth", 3)),
        new XElement("segmented", 0),
        image.Objects.Select(o => Object(data, o, losses)));

    private static XElement Object(DataSet data, LabeledObject o, Losses losses)
    {
        if (o.Segmentation is not null)
            losses.Add("masks have no place in Pascal VOC's annotations and are left out");
        if (o.IsCrowd)
            losses.Add("crowd regions became difficult objects");
        _ = data.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found);
        return new XElement(
            "object",
            new XElement("name", found!.Name),
            new XElement("pose", "Unspecified"),
            new XElement("truncated", 0),
            new XElement("difficult", o.IsCrowd ? 1 : 0),
            new XElement("bndbox",
                Edge("xmin", o.Box.X + 1), Edge("ymin", o.Box.Y + 1), Edge("xmax", o.Box.X + o.Box.Width), Edge("ymax", o.Box.Y + o.Box.Height)));
    }

    // The devkit has whole numbers; fractions are kept because most readers, this one too, take them.
    private static XElement Edge(string name, double value) => new(name, value.ToString("0.######", CultureInfo.InvariantCulture));
}
