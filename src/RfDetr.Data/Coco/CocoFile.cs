using System.Text.Json;

namespace RfDetr.Data;

/// <summary>COCO ground truth (<c>instances_*.json</c>, <c>_annotations.coco.json</c>) as it was written, with its references checked.</summary>
public sealed class CocoFile
{
    /// <summary>Makes ground truth from parts; nothing is checked.</summary>
    public CocoFile(string path, IReadOnlyList<CocoImage> images, IReadOnlyList<CocoCategory> categories, IReadOnlyList<CocoAnnotation> annotations) =>
        (Path, Images, Categories, Annotations) = (path, images, categories, annotations);

    /// <summary>Where it was read from, for messages.</summary>
    public string Path { get; }

    /// <summary>In the file's order, ids unique.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>In the file's order, ids unique.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>In the file's order; each refers to an image and a category that are there.</summary>
    public IReadOnlyList<CocoAnnotation> Annotations { get; }

    /// <summary>Reads ground truth.</summary>
    /// <exception cref="DataSetFormatException">It is not COCO's format; the message names file, entry and field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CocoFile Read(string path, CocoReadOptions? options = null)
    {
        using FileStream stream = Open(path, options ??= CocoReadOptions.Default);
        return Read(stream, path, options);
    }

    /// <summary>Reads ground truth from a stream, which stays open.</summary>
    /// <param name="stream">JSON in UTF-8.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="DataSetFormatException">It is not COCO's format.</exception>
    public static CocoFile Read(Stream stream, string name, CocoReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var json = new JsonCursor(stream, name);
        try
        {
            return CocoReader.Read(ref json, name, options ?? CocoReadOptions.Default);
        }
        catch (JsonException e)
        {
            throw json.Malformed(e);
        }
    }

    /// <summary>Reads a result file: a list of detections, as pycocotools' <c>loadRes</c> does.</summary>
    /// <exception cref="DataSetFormatException">It is not COCO's format; the message names file, entry and field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<CocoDetection> ReadResults(string path, CocoReadOptions? options = null)
    {
        using FileStream stream = Open(path, options ?? CocoReadOptions.Default);
        return ReadResults(stream, path);
    }

    /// <summary>Reads a result file from a stream, which stays open.</summary>
    /// <exception cref="DataSetFormatException">It is not COCO's format.</exception>
    public static IReadOnlyList<CocoDetection> ReadResults(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var json = new JsonCursor(stream, name);
        try
        {
            return Results(ref json);
        }
        catch (JsonException e)
        {
            throw json.Malformed(e);
        }
    }

    /// <summary>Writes ground truth; the file appears only when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => CocoWriter.Write(stream, this), flushToDisk: false);

    private static List<CocoDetection> Results(ref JsonCursor json)
    {
        json.Next();
        if (json.Token != JsonTokenType.StartArray)
            throw json.Error("is no list; a result file is a list of {\"image_id\", \"category_id\", \"bbox\" or \"segmentation\", \"score\"}");
        var results = new List<CocoDetection>();
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
        {
            json.Index++;
            if (json.Token != JsonTokenType.StartObject)
                throw json.Wrong("an object");
            results.Add(CocoEntries.Detection(ref json));
        }

        json.ExpectEnd();
        return results;
    }

    private static FileStream Open(string path, CocoReadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        if (stream.CanSeek && stream.Length > options.MaxFileBytes)
        {
            long length = stream.Length;
            stream.Dispose();
            throw new DataSetFormatException(path, $"has {length} bytes; at most {options.MaxFileBytes} are read (CocoReadOptions.MaxFileBytes).");
        }

        return stream;
    }
}
