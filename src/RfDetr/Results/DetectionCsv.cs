using System.Globalization;

namespace RfDetr;

/// <summary>
/// Results as CSV (RFC 4180, line ends LF), one line per detection: file, width, height, class_id, class_name, score, x1, y1, x2,
/// y2 and, for segmentation models, mask (COCO's compressed run lengths). An image without detections has no line.
/// </summary>
public sealed class DetectionCsv : IResultWriter
{
    private readonly TextWriter _writer;
    private readonly bool _masks;

    /// <summary>Writes the heading.</summary>
    /// <param name="writer">Receives the lines; stays open.</param>
    /// <param name="model">The model whose results they are.</param>
    public DetectionCsv(TextWriter writer, ModelInfo model)
        : this(writer, (model ?? throw new ArgumentNullException(nameof(model))).Has(Head.Masks))
    {
    }

    internal DetectionCsv(TextWriter writer, bool masks)
    {
        ArgumentNullException.ThrowIfNull(writer);
        (_writer, _masks) = (writer, masks);
        WriteLine(
            [
                "file", "width", "height", "class_id", "class_name", "score", "x1", "y1", "x2", "y2",
                .. _masks ? (string[])["mask"] : []
            ]);
    }

    /// <inheritdoc/>
    public void Write(string file, Detections found)
    {
        ArgumentNullException.ThrowIfNull(found);
        foreach (Detection d in found.Items)
        {
            WriteLine(
            [
                file, Text(found.Width), Text(found.Height), Text(d.ClassId), d.ClassName, Text(d.Score),
                Text(d.Box.X1), Text(d.Box.Y1), Text(d.Box.X2), Text(d.Box.Y2),
                .. _masks ? (string[])[d.Mask?.ToCompressedString() ?? ""] : [],
            ]);
        }
    }

    /// <inheritdoc/>
    public void Complete() => _writer.Flush();

    /// <summary>Nothing to free; the writer stays open.</summary>
    public void Dispose()
    {
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private void WriteLine(IEnumerable<string> fields)
    {
        _writer.Write(string.Join(',', fields.Select(CsvText.Field)));
        _writer.Write('\n');
    }
}
