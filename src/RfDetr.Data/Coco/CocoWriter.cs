using System.Text.Json;

namespace RfDetr.Data;

/// <summary>Writes COCO ground truth on one line; numbers with the digits that reading them back needs.</summary>
/// <remarks>
/// The writer is called by hand because a file may have millions of points: entry by entry, nothing of it exists a second time.
/// </remarks>
internal static class CocoWriter
{
    private const int FlushAt = 1 << 20;

    public static void Write(Stream stream, CocoFile file)
    {
        using var json = new Utf8JsonWriter(stream, JsonStyle.Compact);
        json.WriteStartObject();
        List(json, "categories", file.Categories, Category);
        List(json, "images", file.Images, Image);
        List(json, "annotations", file.Annotations, Annotation);
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> entries, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T entry in entries)
        {
            json.WriteStartObject();
            write(json, entry);
            json.WriteEndObject();
            if (json.BytesPending > FlushAt)
                json.Flush();
        }

        json.WriteEndArray();
    }

    private static void Category(Utf8JsonWriter json, CocoCategory category)
    {
        json.WriteNumber("id", category.Id);
        json.WriteString("name", category.Name);
        if (category.Supercategory is { } group)
            json.WriteString("supercategory", group);
    }

    private static void Image(Utf8JsonWriter json, CocoImage image)
    {
        json.WriteNumber("id", image.Id);
        json.WriteString("file_name", image.FileName);
        json.WriteNumber("width", image.Width);
        json.WriteNumber("height", image.Height);
    }

    private static void Annotation(Utf8JsonWriter json, CocoAnnotation annotation)
    {
        json.WriteNumber("id", annotation.Id);
        json.WriteNumber("image_id", annotation.ImageId);
        json.WriteNumber("category_id", annotation.CategoryId);
        BoxXywh box = annotation.Box;
        Numbers(json, "bbox", [box.X, box.Y, box.Width, box.Height]);
        json.WriteNumber("area", annotation.Area);
        json.WriteNumber("iscrowd", annotation.IsCrowd ? 1 : 0);
        if (annotation.Segmentation is { } mask)
            Segmentation(json, mask);
    }

    private static void Segmentation(Utf8JsonWriter json, CocoSegmentation mask)
    {
        if (mask is CocoPolygons polygons)
        {
            json.WriteStartArray("segmentation");
            foreach (double[] outline in polygons.Outlines)
                Numbers(json, null, outline);
            json.WriteEndArray();
            return;
        }

        var runs = (CocoRunLengths)mask;
        json.WriteStartObject("segmentation");
        Numbers(json, "size", [runs.Height, runs.Width]);
        if (runs.Text is { } text)
            json.WriteString("counts", text);
        else
            Numbers(json, "counts", [.. runs.Counts!.Select(run => (double)run)]);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string? name, ReadOnlySpan<double> values)
    {
        if (name is null)
            json.WriteStartArray();
        else
            json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
