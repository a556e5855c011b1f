using System.Text.Encodings.Web;
using System.Text.Json;

namespace RfDetr.Data;

/// <summary>Detections as a COCO result file, which <see cref="CocoFile.ReadResults(string, CocoReadOptions?)"/> and pycocotools read.</summary>
public static class FoundJson
{
    private const int FlushAt = 1 << 20;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file; it appears only when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="found">The detections; their order is kept.</param>
    /// <param name="kind">
    /// Boxes or masks. A file holds one of them: pycocotools takes a detection's area from its box as soon as there is one, which is not that of its mask.
    /// </param>
    /// <exception cref="ArgumentException">A mask is missing.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<FoundObject> found, EvaluationKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(found);
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, s_options);
            json.WriteStartArray();
            foreach (FoundObject one in found)
            {
                Write(json, one, kind);
                if (json.BytesPending > FlushAt)
                    json.Flush();
            }

            json.WriteEndArray();
        }, flushToDisk: false);
    }

    private static void Write(Utf8JsonWriter json, in FoundObject one, EvaluationKind kind)
    {
        json.WriteStartObject();
        json.WriteNumber("image_id", one.ImageId);
        json.WriteNumber("category_id", one.CategoryId);
        if (kind == EvaluationKind.Boxes)
        {
            json.WriteStartArray("bbox");
            foreach (double value in (ReadOnlySpan<double>)[one.Box.X, one.Box.Y, one.Box.Width, one.Box.Height])
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        else
        {
            RleMask mask = one.Mask ?? throw new ArgumentException($"a detection of image {one.ImageId} has no mask; write boxes instead");
            json.WriteStartObject("segmentation");
            json.WriteStartArray("size");
            json.WriteNumberValue(mask.Height);
            json.WriteNumberValue(mask.Width);
            json.WriteEndArray();
            json.WriteString("counts", mask.ToCompressedString());
            json.WriteEndObject();
        }

        json.WriteNumber("score", one.Score);
        json.WriteEndObject();
    }
}
