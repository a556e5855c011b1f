using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace RfDetr.Data;

/// <summary>Writes Pascal VOC's layout, with <c>labels.txt</c> for the order of the classes.</summary>
internal static class ToVoc
{
    public static ConversionPlan Plan(DataSet data)
    {
        var plan = new ConversionPlan(data, DataSetLayout.Voc);
        CheckNames(data, plan);
        var stems = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach ((DataSplit split, string name) in ConversionSplits.Of(data, plan))
        {
            ConversionSplits.CheckOnce(split, plan);
            var listed = new List<string>();
            foreach (LabeledImage image in split.Images)
            {
                string stem = Unique(stems, name, plan.NameOf(image)), file = stem + Path.GetExtension(image.Name);
                listed.Add(stem);
                var planned = new PlannedImage(name, image, $"{VocLayout.ImagesFolder}/{file}", image.Objects);
                CountLosses(image, plan.Losses);
                plan.Add(planned);
                plan.Add($"Annotations/{stem}.xml", $"the annotations of {ConversionPlan.Owner(planned)}",
                    stream => Annotation(data, image, file).Save(stream));
            }

            plan.Add($"ImageSets/Main/{name}.txt", $"the list of '{split.Name}'",
                () => string.Concat(listed.Select(stem => stem + "\n")));
        }

        plan.Add(VocLayout.LabelsFile, "the list of classes", () => string.Concat(data.Classes.Select(c => c.Name + "\n")));
        return plan;
    }

    /// <summary>VOC tells classes by their names, which stand in XML and in a list of lines.</summary>
    private static void CheckNames(DataSet data, ConversionPlan plan)
    {
        var known = new Dictionary<string, DataClass>(StringComparer.Ordinal);
        foreach (DataClass c in data.Classes)
        {
            if (c.Name.Trim() != c.Name || c.Name.Length == 0
                || c.Name.Any(x => char.IsControl(x) || x is '\u2028' or '\u2029' || !IsXml(x)))
                throw plan.Refusal(
                    $"the class '{c.Name}' has blanks at its ends or characters that a line of text or XML cannot hold; "
                    + "rename it.");
            if (!known.TryAdd(c.Name, c))
            {
                throw plan.Refusal(string.Create(CultureInfo.InvariantCulture,
                    $"the classes {known[c.Name].CategoryId} and {c.CategoryId} are both called '{c.Name}', and VOC tells "
                    + $"classes by name; rename one."));
            }
        }
    }

    private static bool IsXml(char c) => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c);

    // VOC has one folder for all images, and lists them by lines in which a blank ends the name.
    private static string Unique(HashSet<string> stems, string split, string name)
    {
        string plain = string.Concat(
            Path.ChangeExtension(name, null).Select(c => c is '/' or '\\' || char.IsWhiteSpace(c) || !IsXml(c) ? '_' : c));
        string candidate = stems.Contains(plain) ? $"{split}_{plain}" : plain;
        for (int n = 2; !stems.Add(candidate); n++)
            candidate = string.Create(CultureInfo.InvariantCulture, $"{plain}_{n}");
        return candidate;
    }

    private static void CountLosses(LabeledImage image, Losses losses)
    {
        foreach (LabeledObject o in image.Objects)
        {
            if (o.Segmentation is not null)
                losses.Add("masks have no place in Pascal VOC's annotations and are left out");
            if (o.IsCrowd)
                losses.Add("crowd regions became difficult objects");
        }
    }

    private static XElement Annotation(DataSet data, LabeledImage image, string file) => new(
        "annotation",
        new XElement("folder", VocLayout.ImagesFolder),
        new XElement("filename", file),
        new XElement("size", new XElement("width", image.Width), new XElement("height", image.Height), new XElement("depth", 3)),
        new XElement("segmented", 0),
        image.Objects.Select(o => Object(data, o)));

    private static XElement Object(DataSet data, LabeledObject o)
    {
        _ = data.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found);
        return new XElement(
            "object",
            new XElement("name", found!.Name),
            new XElement("pose", "Unspecified"),
            new XElement("truncated", 0),
            new XElement("difficult", o.IsCrowd ? 1 : 0),
            new XElement("bndbox",
                Edge("xmin", o.Box.X + 1), Edge("ymin", o.Box.Y + 1), Edge("xmax", o.Box.X + o.Box.Width),
                Edge("ymax", o.Box.Y + o.Box.Height)));
    }

    // The devkit has whole numbers; fractions are kept because most readers, this one too, take them.
    private static XElement Edge(string name, double value) =>
        new(name, value.ToString("0.######", CultureInfo.InvariantCulture));
}
