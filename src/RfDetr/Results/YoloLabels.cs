using System.Globalization;
using System.Text;

namespace RfDetr;

/// <summary>
/// Results as YOLO label files, one <c>.txt</c> per image (empty if nothing was found) and <c>classes.txt</c> with the names. A
/// line is <c>class cx cy w h</c> for boxes and <c>class x1 y1 x2 y2 …</c> (the largest outer border) for masks, as fractions of
/// the image; the class is the name's place in <c>classes.txt</c>, from 0. Scores have no place in the format.
/// </summary>
public sealed class YoloLabels : IResultWriter
{
    private readonly string _folder;
    private readonly bool _masks;
    private readonly Dictionary<int, int> _lines = [];
    private readonly UniqueNames _names = new();

    /// <summary>Makes the folder and writes <c>classes.txt</c> above the label files, which lie in <c>labels</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model whose results they are.</param>
    public YoloLabels(string folder, ModelInfo model)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(model);
        (_folder, _masks) = (Path.Combine(folder, "labels"), model.Has(Head.Masks));
        Directory.CreateDirectory(_folder);
        for (int i = 0; i < model.Classes.Entries.Count; i++)
            _lines[model.Classes.Entries[i].Label] = i;
        string names = string.Concat(model.Classes.Entries.Select(e => e.Name + "\n"));
        AtomicFile.WriteText(Path.Combine(folder, "classes.txt"), names, flushToDisk: false);
    }

    /// <inheritdoc/>
    public void Write(string file, Detections found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var text = new StringBuilder();
        foreach (Detection detection in found.Items)
        {
            if (_masks)
                AppendMask(text, detection, found);
            else
                AppendBox(text, detection, found);
        }

        AtomicFile.WriteText(Path.Combine(_folder, _names.StemFor(file) + ".txt"), text.ToString(), flushToDisk: false);
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <summary>Nothing to free.</summary>
    public void Dispose()
    {
    }

    private void AppendBox(StringBuilder text, Detection detection, Detections image)
    {
        BoxCxCyWh box = detection.Box.Clamp(image.Width, image.Height).ToCxCyWh();
        AppendLine(
            text, detection, [box.Cx / image.Width, box.Cy / image.Height, box.Width / image.Width, box.Height / image.Height]);
    }

    private void AppendMask(StringBuilder text, Detection detection, Detections image)
    {
        if (PolygonRings.Of(detection).Where(ring => !ring.IsHole).MaxBy(ring => ring.Area) is not { } outline)
            return;

        // Half a pixel further: the format measures from the image's edge, the border runs through pixel centers.
        AppendLine(
            text, detection, outline.Points.SelectMany(p => (float[])[(p.X + 0.5f) / image.Width, (p.Y + 0.5f) / image.Height]));
    }

    private void AppendLine(StringBuilder text, Detection detection, IEnumerable<float> fractions)
    {
        text.Append(CultureInfo.InvariantCulture, $"{_lines[detection.ClassId]}");
        foreach (float fraction in fractions)
            text.Append(CultureInfo.InvariantCulture, $" {fraction:0.######}");
        text.Append('\n');
    }
}
