using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace RfDetr.Data;

/// <summary>One file of Pascal VOC: an image and its boxes. Its pixel coordinates count from 1 and include the last.</summary>
/// <param name="FileName">The image's; null if absent.</param>
/// <param name="Width">Pixels; 0 where the file does not say.</param>
/// <param name="Height">Pixels; 0 where the file does not say.</param>
/// <param name="Objects">Class name, box from 0, and whether it is marked difficult.</param>
/// <param name="Faults">One for each object that cannot be read; they are left out.</param>
internal sealed partial record VocAnnotation(
    string? FileName, int Width, int Height, IReadOnlyList<(string Name, BoxXywh Box, bool Difficult)> Objects,
    IReadOnlyList<DataSetFormatException> Faults)
{
    private const int LargestFile = 64 << 20;
    private const int LargestSide = 65_535;
    private const int DeepestNesting = 32; // <annotation><object><part><bndbox><xmin> are five

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataSetFormatException">It is not XML, or not VOC's.</exception>
    public static VocAnnotation Read(string file)
    {
        XElement root = Load(file);
        var objects = new List<(string, BoxXywh, bool)>();
        var faults = new List<DataSetFormatException>();
        int number = 0;
        foreach (XElement item in root.Elements("object"))
        {
            try
            {
                objects.Add(Object(file, ++number, item));
            }
            catch (DataSetFormatException e)
            {
                faults.Add(e);
            }
        }

        XElement? size = root.Element("size");
        return new VocAnnotation(
            ((string?)root.Element("filename"))?.Trim(), Side(size, "width"), Side(size, "height"), objects, faults);
    }

    private static XElement Load(string file)
    {
        if (OddFileName.Hides(file))
            throw new DataSetFormatException(file, OddFileName.Fault + ".");
        try
        {
            return Parse(file, strict: true);
        }
        catch (Exception e) when (e is XmlException or DecoderFallbackException or ArgumentException)
        {
            try
            {
                // Many files claim to be UTF-8 and are not.
                return Parse(file, strict: false);
            }
            catch (XmlException)
            {
                throw new DataSetFormatException(file, $"is not XML: {e.Message}", e);
            }
        }
    }

    private static XElement Parse(string file, bool strict)
    {
        // A document type could name files of this machine or grow without end; its declarations are passed over, so that a
        // reference to one of them is an error.
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            MaxCharactersInDocument = LargestFile,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        };
        long length = new FileInfo(file).Length;
        if (length > LargestFile)
            throw new DataSetFormatException(file, $"has {length} bytes; an annotation has at most {LargestFile}.");
        byte[] bytes = length == 0 ? [] : File.ReadAllBytes(file);
        using XmlReader reader = strict
            ? XmlReader.Create(new MemoryStream(bytes), settings)
            : XmlReader.Create(new StringReader(Declared(bytes)?.GetString(bytes) ?? TextFile.Decode(bytes)), settings);
        XElement? root = Tree(
            reader, ReadBudget.ForFile(length, DeepestNesting, what => new DataSetFormatException(file, $"{what}.")));
        return root?.Name == "annotation"
            ? root
            : throw new DataSetFormatException(file, $"its root is <{root?.Name}>; Pascal VOC's is <annotation>.");
    }

    /// <summary>
    /// The code page that an XML declaration names and .NET does not read by itself, such as GBK; null for others.
    /// </summary>
    private static Encoding? Declared(ReadOnlySpan<byte> bytes)
    {
        string start = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 200)]);
        Match declared = Declaration().Match(start);
        return declared.Success ? CodePagesEncodingProvider.Instance.GetEncoding(declared.Groups["name"].Value) : null;
    }

    [GeneratedRegex("""^\s*<\?xml[^>]*\sencoding\s*=\s*["'](?<name>[A-Za-z0-9._-]+)["']""")]
    private static partial Regex Declaration();

    /// <summary>
    /// The elements and their texts; names without namespaces, no attributes. What is nested too deeply is refused while it is
    /// read.
    /// </summary>
    private static XElement? Tree(XmlReader reader, ReadBudget budget)
    {
        XElement? root = null, open = null;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    budget.Enter();
                    var element = new XElement(XName.Get(XmlConvert.EncodeLocalName(reader.LocalName)!));
                    open?.Add(element);
                    root ??= element;
                    if (reader.IsEmptyElement)
                        budget.Leave();
                    else
                        open = element;
                    break;
                case XmlNodeType.EndElement:
                    budget.Leave();
                    open = open?.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    budget.Bytes(2L * reader.Value.Length);
                    open?.Add(reader.Value);
                    break;
                default:
                    break;
            }
        }

        return root;
    }

    private static (string, BoxXywh, bool) Object(string file, int number, XElement item)
    {
        string? name = ((string?)item.Element("name"))?.Trim();
        if (string.IsNullOrEmpty(name))
            throw new DataSetFormatException(file, $"object {number} has no <name>.");
        if (item.Element("bndbox") is not { } box)
            throw new DataSetFormatException(file, $"object {number} ('{name}') has no <bndbox>.");
        double Edge(string edge) =>
            double.TryParse((string?)box.Element(edge), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value)
                ? value
                : throw new DataSetFormatException(
                    file,
                    $"object {number} ('{name}'): <{edge}> is '{(string?)box.Element(edge)}'; it must be a number of pixels.");
        double x = Edge("xmin") - 1, y = Edge("ymin") - 1;
        return (
            name, new BoxXywh(x, y, Edge("xmax") - x, Edge("ymax") - y),
            ((string?)item.Element("difficult"))?.Trim() is "1" or "true");
    }

    /// <summary>
    /// A side in pixels, of which some tools write 640.0; 0 where what is written is no size: the image itself knows better.
    /// </summary>
    private static int Side(XElement? size, string side)
    {
        string? text = ((string?)size?.Element(side))?.Trim();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double pixels)
            && pixels is >= 0 and <= LargestSide && Math.Floor(pixels) == pixels
            ? (int)pixels
            : 0;
    }
}
