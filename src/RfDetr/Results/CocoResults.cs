using System.Globalization;
using System.Text.Json;

namespace RfDetr;

/// <summary>
/// Results in COCO's format, a list of <c>{"image_id", "category_id", "bbox": [x, y, w, h], "score", "segmentation"}</c>, as pycocotools' <c>loadRes</c>
/// reads them; each entry also has <c>file_name</c>.
/// </summary>
/// <remarks>
/// <c>category_id</c> is the class's id in the data set the model was trained on, or the logit's index where the model does not know it.
/// <c>image_id</c> is the file name's number, as in COCO's own names (<c>000000000139.jpg</c> → 139); an image with another name gets the
/// lowest number from 1 that is free then.
/// </remarks>
public sealed class CocoResults : IResultWriter
{
    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly ClassMap _classes;
    private readonly Func<string, long?>? _imageId;
    private readonly HashSet<long> _used = [];
    private long _next = 1;

    /// <summary>Begins a list.</summary>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    /// <param name="model">The model whose results they are.</param>
    /// <param name="imageId">The id of a file where the data set knows it; null, or an answer of null, for the rule above.</param>
    public CocoResults(Stream stream, ModelCard model, Func<string, long?>? imageId = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(model);
        (_stream, _classes, _imageId) = (stream, model.Classes, imageId);
        _json = new Utf8JsonWriter(stream, ResultJson.Options);
        _json.WriteStartArray();
    }

    /// <inheritdoc/>
    public void Write(string file, Detections found)
    {
        ArgumentNullException.ThrowIfNull(found);
        long id = IdOf(file);
        string name = Path.GetFileName(file);
        foreach (Detection detection in found.Items)
        {
            _json.WriteStartObject();
            _json.WriteNumber("image_id", id);
            _json.WriteNumber("category_id", _classes.TryGet(detection.ClassId, out ClassEntry? entry) ? entry.DatasetId ?? entry.Label : detection.ClassId);
            _json.WriteStartArray("bbox");
            _json.WriteFinite(detection.Box.X1);
            _json.WriteFinite(detection.Box.Y1);
            _json.WriteFinite(detection.Box.Width);
            _json.WriteFinite(detection.Box.Height);
            _json.WriteEndArray();
            _json.WritePropertyName("score");
            _json.WriteFinite(detection.Score);
            if (detection.Mask is { } mask)
                _json.WriteMask("segmentation", mask);
            _json.WriteString("file_name", name);
            _json.WriteEndObject();
        }

        _json.Flush();
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }

    /// <summary>Frees the writer; the stream stays open.</summary>
    public void Dispose() => _json.Dispose();

    private long IdOf(string file)
    {
        if (_imageId?.Invoke(file) is { } known)
            return known;
        string stem = Path.GetFileNameWithoutExtension(file);
        if (long.TryParse(stem, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && _used.Add(number))
            return number;
        while (!_used.Add(_next))
            _next++;
        return _next;
    }
}
