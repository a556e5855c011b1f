using System.Text;

namespace RfDetr;

/// <summary>One image's results as text and as files.</summary>
public static class DetectionsOutput
{
    /// <summary>
    /// The results as one JSON object, <c>{"width", "height", "detections": [{"box": [x1, y1, x2, y2], "score", "class_id",
    /// "class_name", …}], "time_ms": {…}}</c>: an entry of <see cref="DetectionJson"/>'s <c>images</c> without its <c>file</c>.
    /// </summary>
    public static string ToJson(this Detections found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Encoding.UTF8.GetString(JsonStyle.ToUtf8(ImageDocument.Of(found), ResultJson.Default.ImageDocument).Span);
    }

    /// <summary>Writes the results to a file, whose ending chooses the format; the file appears whole or not at all.</summary>
    /// <param name="found">The results.</param>
    /// <param name="path">
    /// A path that ends in <c>.json</c> (<see cref="ToJson"/>) or <c>.csv</c> (<see cref="DetectionCsv"/>, without the column
    /// <c>file</c>'s value).
    /// </param>
    /// <exception cref="ArgumentException">The ending names no format.</exception>
    public static void Save(this Detections found, string path)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string text = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => found.ToJson() + "\n",
            ".csv" => Csv(found),
            var other =>
                throw new ArgumentException(
                    $"'{path}' ends in '{other}', expected .json or .csv; an image is drawn and saved by itself", nameof(path)),
        };
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    private static string Csv(Detections found)
    {
        using var text = new StringWriter();
        using var csv = new DetectionCsv(text, found.Items.Any(d => d.Mask is not null));
        csv.Write("", found);
        csv.Complete();
        return text.ToString();
    }
}
