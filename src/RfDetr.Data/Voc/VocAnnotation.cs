using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace RfDetr.Data;

/// <summary>One file of Pascal VOC: an image and its boxes. Its pixel coordinates count from 1 and include the last.</summary>
/// <param name="FileName">The image's; null if absent.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Objects">Class name, box from 0, and whether it is marked difficult.</param>
internal sealed record VocAnnotation(string? FileName, int Width, int Height, IReadOnlyList<(string Name, BoxXywh Box, bool Difficult)> Objects)
{
    private const int LargestFile = 64 << 20;
    private const int LargestSide = 65_535;

    public static VocAnnotation Read(string file)
    {
        XElement root = Load(file);
        if (root.Element("size") is not { } size)
            throw new DataSetFormatException(file, "has no <size>; give the image's <width> and <height> in pixels.");
        var objects = new List<(string, BoxXywh, bool)>();
        int number = 0;
        foreach (XElement item in root.Elements("object"))
            objects.Add(Object(file, ++number, item));
        return new VocAnnotation((string?)root.Element("filename"), Side(file, size, "width"), Side(file, size, "height"), objects);
    }

    private static XElement Load(string file)
    {
        // A document type could name files of this machine or grow without end, so none is read.
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LargestFile };
        try
        {
            using var reader = XmlReader.Create(file, settings);
            XElement? root = XDocument.Load(reader).Root;
            return root?.Name == "annotation" ? root : throw new DataSetFormatException(file, $"its root is <{root?.Name}>; Pascal VOC's is <annotation>.");
        }
        catch (XmlException e)
        {
            throw new DataSetFormatException(file, $"is not XML: {e.Message}", e);
        }
    }

    private static (string, BoxXywh, bool) Object(string file, int number, XElement item)
    {
        string? name = ((string?)item.Element("name"))?.Trim();
        if (string.IsNullOrEmpty(name))
            throw new DataSetFormatException(file, $"object {number} has no <name>.");
        if (item.Element("bndbox") is not { } box)
            throw new DataSetFormatException(file, $"object {number} ('{name}') has no <bndbox>.");
        double Edge(string edge) =>
            double.TryParse((string?)box.Element(edge), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? value
                : throw new DataSetFormatException(file, $"object {number} ('{name}'): <{edge}> is '{(string?)box.Element(edge)}'; it must be a number of pixels.");
        double x = Edge("xmin") - 1, y = Edge("ymin") - 1;
        return (name, new BoxXywh(x, y, Edge("xmax") - x, Edge("ymax") - y), ((string?)item.Element("difficult"))?.Trim() is "1" or "true");
    }

    private static int Side(string file, XElement size, string side) =>
        int.TryParse((string?)size.Element(side), NumberStyles.None | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int pixels)
        && pixels is >= 1 and <= LargestSide
            ? pixels
            : throw new DataSetFormatException(file, $"<{side}> of <size> is '{(string?)size.Element(side)}'; it must be 1 to {LargestSide} pixels.");
}
