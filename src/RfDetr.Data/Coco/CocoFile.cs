using System.Text.Json;

namespace RfDetr.Data;

/// <summary>COCO ground truth (<c>instances_*.json</c>, <c>_annotations.coco.json</c>) as it was written.</summary>
public sealed class CocoFile
{
    /// <summary>Makes ground truth from parts; nothing is checked.</summary>
    public CocoFile(
        string path, IReadOnlyList<CocoImage> images, IReadOnlyList<CocoCategory> categories,
        IReadOnlyList<CocoAnnotation> annotations) =>
        (Path, Images, Categories, Annotations) = (path, images, categories, annotations);

    /// <summary>File that was read, for messages.</summary>
    public string Path { get; }

    /// <summary>In the file's order, ids unique.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>In the file's order, ids unique.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>In the file's order; what they refer to need not be there, and ids may occur twice.</summary>
    public IReadOnlyList<CocoAnnotation> Annotations { get; }

    /// <summary>The ids that the file writes as text where numbers are usual.</summary>
    internal CocoIds Ids { get; init; } = new();

    /// <summary>Reads ground truth.</summary>
    /// <exception cref="DataSetFormatException">It is not COCO's format; the message names file, entry and field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CocoFile Read(string path, CocoReadOptions? options = null) =>
        Read(path, options, new ProblemList(stopAtFirst: true));

    /// <summary>Reads ground truth from a stream, which stays open.</summary>
    /// <param name="stream">JSON in UTF-8 or UTF-16.</param>
    /// <param name="name">Name of the file in messages.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="DataSetFormatException">It is not COCO's format.</exception>
    public static CocoFile Read(Stream stream, string name, CocoReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, name, options ?? CocoReadOptions.Default, new ProblemList(stopAtFirst: true));
    }

    /// <summary>Reads a result file: a list of detections, as pycocotools' <c>loadRes</c> does.</summary>
    /// <exception cref="DataSetFormatException">It is not COCO's format; the message names file, entry and field.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<CocoDetection> ReadResults(string path, CocoReadOptions? options = null) =>
        ReadResults(path, new CocoIds(), options);

    /// <summary>Reads a result file from a stream, which stays open.</summary>
    /// <exception cref="DataSetFormatException">It is not COCO's format.</exception>
    public static IReadOnlyList<CocoDetection> ReadResults(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse(stream, name, (ref JsonCursor json) => Results(ref json, new CocoIds()));
    }

    /// <summary>Reads ground truth of a data set: broken entries are the list's to judge.</summary>
    internal static CocoFile Read(string path, CocoReadOptions? options, ProblemList problems)
    {
        using FileStream stream = Open(path, options ??= CocoReadOptions.Default);
        return Read(stream, path, options, problems);
    }

    /// <summary>Reads a result file whose ids are those of ground truth.</summary>
    internal static IReadOnlyList<CocoDetection> ReadResults(string path, CocoIds ids, CocoReadOptions? options = null)
    {
        using FileStream stream = Open(path, options ?? CocoReadOptions.Default);
        return Parse(stream, path, (ref JsonCursor json) => Results(ref json, ids));
    }

    /// <summary>Writes ground truth; the file appears only when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => CocoWriter.Write(stream, this), flushToDisk: false);

    private static CocoFile Read(Stream stream, string name, CocoReadOptions options, ProblemList problems) =>
        Parse(stream, name, (ref JsonCursor json) =>
        {
            // A second attempt must not count everything twice.
            var attempt = new ProblemList(problems.StopsAtFirst);
            try
            {
                CocoFile file = CocoReader.Read(ref json, name, options, attempt);
                problems.Take(attempt);
                return file;
            }
            catch (DataSetFormatException)
            {
                problems.Take(attempt);
                throw;
            }
        });

    private delegate T Parser<T>(ref JsonCursor json);

    /// <summary>Reads once; where that fails and the stream can go back, once more with Python's numbers put right.</summary>
    private static T Parse<T>(Stream stream, string name, Parser<T> parse)
    {
        long start = stream.CanSeek ? stream.Position : -1;
        DataSetFormatException failure;
        try
        {
            return Attempt(JsonStreams.AsUtf8(stream), name, parse);
        }
        catch (DataSetFormatException e) when (e.InnerException is JsonException && start >= 0)
        {
            failure = e;
        }

        stream.Position = start;
        var repaired = new PythonNumbersStream(JsonStreams.AsUtf8(stream));
        try
        {
            return Attempt(repaired, name, parse);
        }
        catch (DataSetFormatException) when (repaired.Replaced == 0)
        {
            throw failure;
        }
    }

    private static T Attempt<T>(Stream stream, string name, Parser<T> parse)
    {
        var json = new JsonCursor(stream, name);
        try
        {
            return parse(ref json);
        }
        catch (JsonException e)
        {
            throw json.Malformed(e);
        }
    }

    private static List<CocoDetection> Results(ref JsonCursor json, CocoIds ids)
    {
        json.Next();
        if (json.Token != JsonTokenType.StartArray)
            throw json.Error(
                "is no list; a result file is a list of {\"image_id\", \"category_id\", \"bbox\" or \"segmentation\", "
                    + "\"score\"}");
        var results = new List<CocoDetection>();
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
        {
            json.Index++;
            if (json.Token != JsonTokenType.StartObject)
                throw json.Wrong("an object");
            results.Add(CocoEntries.Detection(ref json, ids));
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
            throw new DataSetFormatException(
                path, $"has {length} bytes; at most {options.MaxFileBytes} are read (CocoReadOptions.MaxFileBytes).");
        }

        return stream;
    }
}
