using System.Globalization;

namespace RfDetr.Data;

/// <summary>
/// A YOLO label file: one object a line, <c>class cx cy w h</c> or <c>class x1 y1 x2 y2 x3 y3 …</c> (an outline), all shares of
/// the image's width and height. Pose labels have keypoints behind the box, which are not read.
/// </summary>
internal static class YoloLabels
{
    /// <summary>Shares beyond these are surely no shares but pixels. A little beyond 0..1 is common and clipped later.</summary>
    public const double Least = -1, Most = 2;

    private const long LargestFile = 64 << 20;
    private const int MostFailures = 1000; // of one file

    /// <summary>Reads a file; one that is not there means an image without objects.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="keypoints">Numbers behind the box of pose labels; 0 for none.</param>
    /// <param name="width">The image's, pixels.</param>
    /// <param name="height">The image's, pixels.</param>
    /// <param name="problems">Receives what is odd.</param>
    /// <param name="failures">Receives one for each broken line, which is left out.</param>
    /// <exception cref="DataSetFormatException">The file is too long.</exception>
    public static List<LabeledObject> Read(
        string file, int classes, int keypoints, int width, int height, ProblemList problems,
        List<DataSetFormatException> failures)
    {
        var objects = new List<LabeledObject>();
        if (!File.Exists(file))
            return objects;
        int number = 0;
        var values = new List<double>();
        foreach (string line in TextFile.Lines(file, LargestFile))
        {
            number++;
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (text.IsEmpty)
                continue;
            if (Parse(text, values) is { } wrong)
                failures.Add(Error(file, number, wrong));
            else if (values[0] >= classes)
                problems.Flaw(
                    DataFlaw.UndeclaredCategory, Path.GetDirectoryName(file)!, Undeclared(file, number, values[0], classes));
            else if (values.Count == 5 || (keypoints > 0 && values.Count == 5 + keypoints))
                objects.Add(Box(number, values, width, height));
            else if (keypoints == 0 && values.Count >= 7 && values.Count % 2 == 1)
                objects.Add(Outline(number, values, width, height));
            else
                failures.Add(Error(file, number, Count(values.Count, keypoints)));
            if (keypoints > 0 && values.Count > 5)
                problems.Flaw(DataFlaw.Keypoints, Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)} line {number}");
            if (failures.Count >= MostFailures)
                break;
        }

        return objects;
    }

    private static string? Parse(ReadOnlySpan<char> line, List<double> values)
    {
        values.Clear();
        foreach (Range range in line.SplitAny(' ', '\t'))
        {
            if (range.Start.Equals(range.End))
                continue;
            if (
                !double.TryParse(line[range], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                    || !double.IsFinite(value))
                return $"'{(line[range].Length <= 40 ? line[range] : line[range][..40])}' is no number";
            values.Add(value);
        }

        if (values[0] != Math.Floor(values[0]) || values[0] < 0)
            return Invariant.Text($"class {values[0]} is no whole number from 0 on");
        for (int i = 1; i < values.Count; i++)
        {
            if (!(values[i] is >= Least and <= Most))
                return Invariant.Text($"{values[i]} is no share of the image (0..1), but perhaps a number of pixels");
        }

        return null;
    }

    private static string Undeclared(string file, int line, double number, int classes) =>
        Invariant.Text($"{Path.GetFileName(file)} line {line}: class {number} is not one of 0 to {classes - 1}");

    private static string Count(int count, int keypoints) => keypoints > 0
        ? Invariant.Text(
            $"has {count} values; by kpt_shape a line has 5 (class cx cy w h) and {keypoints} of keypoints")
        : Invariant.Text(
            $"has {count} values; a box has 5 (class cx cy w h), an outline an odd number of at least 7");

    private static LabeledObject Box(int id, List<double> values, int width, int height)
    {
        double w = values[3] * width, h = values[4] * height;
        var box = new BoxXywh(values[1] * width - w / 2, values[2] * height - h / 2, w, h);
        return new LabeledObject { Id = id, ClassIndex = (int)values[0], Box = box, Area = box.Area };
    }

    private static LabeledObject Outline(int id, List<double> values, int width, int height)
    {
        double[] outline = new double[values.Count - 1];
        double x1 = double.MaxValue, y1 = double.MaxValue, x2 = double.MinValue, y2 = double.MinValue;
        for (int i = 0; i < outline.Length; i += 2)
        {
            (double x, double y) = (values[i + 1] * width, values[i + 2] * height);
            (outline[i], outline[i + 1]) = (x, y);
            (x1, y1, x2, y2) = (Math.Min(x1, x), Math.Min(y1, y), Math.Max(x2, x), Math.Max(y2, y));
        }

        return new LabeledObject
        {
            Id = id,
            ClassIndex = (int)values[0],
            Box = new BoxXywh(x1, y1, x2 - x1, y2 - y1),
            Area = Shoelace(outline),
            Segmentation = new CocoPolygons([outline]),
        };
    }

    private static double Shoelace(double[] outline)
    {
        double sum = 0;
        for (int i = 0; i < outline.Length; i += 2)
        {
            int next = (i + 2) % outline.Length;
            sum += outline[i] * outline[next + 1] - outline[next] * outline[i + 1];
        }

        return Math.Abs(sum) / 2;
    }

    private static DataSetFormatException Error(string file, int line, string what) =>
        new(file, Invariant.Text($"line {line}: {what}."));
}
