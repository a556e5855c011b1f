using System.Globalization;
using System.Xml.Linq;

namespace RfDetr.Data;

/// <summary>Writes Pascal VOC's layout, with <c>labels.txt</c> for the order of the classes.</summary>
internal static class ToVoc
{
    public static List<(string From, string To)> Write(DataSet data, string folder, Losses losses)
    {
        var files = new List<(string, string)>();
        string pictures = Path.Combine(folder, "JPEGImages"), annotations = Path.Combine(folder, "Annotations"), lists = Path.Combine(folder, "ImageSets", "Main");
        foreach (string path in new[] { pictures, annotations, lists })
            Directory.CreateDirectory(path);
        var stems = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (DataSplit split in data.Splits)
        {
            var listed = new List<string>();
            foreach (LabelledPicture picture in split.Pictures)
            {
                string stem = Unique(stems, split, picture), file = stem + Path.GetExtension(picture.Name);
                listed.Add(stem);
                Annotation(data, picture, file, losses).Save(Path.Combine(annotations, stem + ".xml"));
                files.Add((picture.File, Path.Combine(pictures, file)));
            }

            AtomicFile.WriteText(Path.Combine(lists, Name(split) + ".txt"), string.Concat(listed.Select(stem => stem + "\n")), flushToDisk: false);
        }

        AtomicFile.WriteText(Path.Combine(folder, VocLayout.LabelsFile), string.Concat(data.Classes.Select(c => c.Name + "\n")), flushToDisk: false);
        return files;
    }

    private static string Name(DataSplit split) => SplitNames.Plain(split.Name) switch { "valid" => "val", "all" => "train", string other => other };

    // VOC has one folder for all pictures.
    private static string Unique(HashSet<string> stems, DataSplit split, LabelledPicture picture)
    {
        string stem = Path.ChangeExtension(picture.Name, null).Replace('/', '_');
        string candidate = stems.Contains(stem) ? $"{Name(split)}_{stem}" : stem;
        for (int n = 2; !stems.Add(candidate); n++)
            candidate = string.Create(CultureInfo.InvariantCulture, $"{stem}_{n}");
        return candidate;
    }

    private static XElement Annotation(DataSet data, LabelledPicture picture, string file, Losses losses) => new(
        "annotation",
        new XElement("folder", "JPEGImages"),
        new XElement("filename", file),
        new XElement("size", new XElement("width", picture.Width), new XElement("height", picture.Height), new XElement("depth", 3)),
        new XElement("segmented", 0),
        picture.Objects.Select(o => Object(data, o, losses)));

    private static XElement Object(DataSet data, LabelledObject o, Losses losses)
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
