using System.Globalization;
using System.Text.Json;

namespace RfDetr;

/// <summary>
/// Results as one JSON document:
/// <c>{"model": {"name", "variant", "classes": {"1": "person", …}}, "images": [{"file", "width", "height", "detections": [{"box":
/// [x1, y1, x2, y2], "score", "class_id", "class_name", "mask": {"size": [h, w], "counts"}, "polygons": [[x, y, …], …]}],
/// "time_ms": {…}}]}</c>.
/// </summary>
/// <remarks>
/// Boxes are in pixels, not rounded; <c>class_id</c> is the logit's index; <c>mask</c> and <c>polygons</c> exist for segmentation
/// models only. The mask is exact. Polygons are the borders of its parts, see <see cref="PolygonRings"/>. An image that failed
/// has <c>file</c> and <c>error</c> only.
/// </remarks>
public sealed class DetectionJson : IResultWriter
{
    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;

    /// <summary>Begins a document.</summary>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    /// <param name="model">The model whose results they are.</param>
    /// <param name="optimization">
    /// How the choice of engine was made, for the document's <c>optimization</c>; null leaves it out.
    /// </param>
    public DetectionJson(Stream stream, ModelInfo model, OptimizationReport? optimization = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(model);
        _stream = stream;
        _json = new Utf8JsonWriter(stream, JsonStyle.Compact);
        _json.WriteStartObject();
        _json.WritePropertyName("model");
        var classes =
            model.Classes.Entries.ToDictionary(entry => entry.Label.ToString(CultureInfo.InvariantCulture), entry => entry.Name);
        JsonSerializer.Serialize(_json, new ModelDocument(model.Name, model.Variant, classes), ResultJson.Default.ModelDocument);
        if (optimization is not null)
        {
            _json.WritePropertyName("optimization");
            JsonSerializer.Serialize(_json, optimization, OptimizationJsonContext.Default.OptimizationReport);
        }

        _json.WriteStartArray("images");
    }

    /// <inheritdoc/>
    public void Write(string file, Detections found)
    {
        ArgumentNullException.ThrowIfNull(found);
        JsonSerializer.Serialize(_json, ImageDocument.Of(found, file), ResultJson.Default.ImageDocument);
        _json.Flush();
    }

    /// <summary>Adds an image that has no results.</summary>
    public void WriteFailure(string file, string error)
    {
        JsonSerializer.Serialize(_json, new FailureDocument(file, error), ResultJson.Default.FailureDocument);
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }

    /// <summary>Frees the writer; the stream stays open.</summary>
    public void Dispose() => _json.Dispose();
}
