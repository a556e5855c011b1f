using System.Globalization;
using System.Text;

namespace RfDetr.Data;

/// <summary>Writes YOLO's layout: <c>data.yaml</c>, <c>images/SPLIT/…</c>, <c>labels/SPLIT/…</c>.</summary>
internal static class ToYolo
{
    public static List<(string From, string To)> Write(DataSet data, string folder, Losses losses)
    {
        var files = new List<(string, string)>();
        Directory.CreateDirectory(folder);
        int[] order = [.. data.Classes.Select(c => c.Index)];
        foreach (DataSplit split in data.Splits)
        {
            Directory.CreateDirectory(Path.Combine(folder, "images", Name(split)));
            foreach (LabeledImage image in split.Images)
            {
                string label = Path.ChangeExtension(Path.Combine(folder, "labels", Name(split), image.Name), ".txt");
                Directory.CreateDirectory(Path.GetDirectoryName(label)!);
                AtomicFile.WriteText(label, string.Concat(image.Objects.Select(o => Line(image, o, Array.IndexOf(order, o.ClassIndex), losses))), flushToDisk: false);
                files.Add((image.File, Path.Combine(folder, "images", Name(split), image.Name)));
            }
        }

        AtomicFile.WriteText(Path.Combine(folder, "data.yaml"), Yaml(data), flushToDisk: false);
        return files;
    }

    private static string Name(DataSplit split) => SplitNames.Plain(split.Name) switch { "valid" => "val", "all" => "train", string other => other };

    private static string Yaml(DataSet data)
    {
        var yaml = new StringBuilder();
        foreach (DataSplit split in data.Splits)
            yaml.Append(CultureInfo.InvariantCulture, $"{Name(split)}: images/{Name(split)}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"nc: {data.Classes.Count}\nnames:\n");
        for (int i = 0; i < data.Classes.Count; i++)
            yaml.Append(CultureInfo.InvariantCulture, $"  {i}: '{data.Classes[i].Name.Replace("'", "''", StringComparison.Ordinal)}'\n");
        return yaml.ToString();
    }

    private static string Line(LabeledImage image, LabeledObject o, int number, Losses losses)
    {
        if (o.IsCrowd)
        {
            losses.Add("crowd regions have no place in YOLO's format and are left out");
            return "";
        }

        double[] values = o.Segmentation is null ? Box(image, o) : Outline(image, o, losses) ?? Box(image, o);
        return string.Create(CultureInfo.InvariantCulture, $"{number} {string.Join(' ', values.Select(v => v.ToString("0.##########", CultureInfo.InvariantCulture)))}\n");
    }

    private static double[] Box(LabeledImage image, LabeledObject o) =>
    [
        (o.Box.X + o.Box.Width / 2) / image.Width, (o.Box.Y + o.Box.Height / 2) / image.Height, o.Box.Width / image.Width, o.Box.Height / image.Height,
    ];

    private static double[]? Outline(LabeledImage image, LabeledObject o, Losses losses)
    {
        IReadOnlyList<double[]> outlines;
        if (o.Segmentation is CocoPolygons polygons)
        {
            outlines = polygons.Outlines;
        }
        else
        {
            losses.Add("masks of run lengths became outlines; holes are filled");
            // Vertices of a trace are pixel centers; COCO's outlines run along pixel edges.
            outlines = [.. PolygonTracer.Trace(o.Mask(image)!).Where(p => !p.IsHole && p.Points.Count >= 3).Select(p => p.ToCoordinates().Select(v => v + 0.5).ToArray())];
        }

        if (outlines.Count == 0)
        {
            losses.Add("the mask has no outline of three points; only the box is kept");
            return null;
        }

        if (outlines.Count > 1)
            losses.Add("several outlines became one, joined by lines without width");
        double[] joined = Join(outlines);
        for (int i = 0; i < joined.Length; i++)
            joined[i] /= i % 2 == 0 ? image.Width : image.Height;
        return joined;
    }

    /// <summary>From the first outline's start to every other and back: the way there and back encloses nothing.</summary>
    private static double[] Join(IReadOnlyList<double[]> outlines)
    {
        if (outlines.Count == 1)
            return [.. outlines[0]];
        var joined = new List<double>(outlines[0]);
        joined.AddRange(outlines[0].AsSpan(0, 2));
        foreach (double[] outline in outlines.Skip(1))
        {
            joined.AddRange(outline);
            joined.AddRange(outline.AsSpan(0, 2));
            joined.AddRange(outlines[0].AsSpan(0, 2));
        }

        return [.. joined];
    }
}
