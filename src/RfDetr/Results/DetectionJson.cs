using System.Globalization;
using System.Text.Json;

namespace RfDetr;

/// <summary>
/// Results as one JSON document:
/// <c>{"model": {"name", "variant", "classes": {"1": "person", …}}, "images": [{"file", "width", "height", "detections": [{"box": [x1, y1, x2, y2],
/// "score", "class_id", "class_name", "mask": {"size": [h, w], "counts"}, "polygons": [[x, y, …], …]}], "time_ms": {…}}]}</c>.
/// </summary>
/// <remarks>
/// Boxes are in pixels, not rounded; <c>class_id</c> is the logit's index; <c>mask</c> and <c>polygons</c> exist for segmentation models only.
/// The mask is exact. Polygons are the borders of its parts, see <see cref="PolygonRings"/>. An image that failed has <c>file</c> and <c>error</c> only.
/// </remarks>
public sealed class DetectionJson : IResultWriter
{
    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly bool _masks;

    /// <summary>Begins a document.</summary>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    /// <param name="model">The model whose results they are.</param>
    /// <param name="optimization">How the choice of engine was made, for the document's <c>optimization</c>; null leaves it out.</param>
    public DetectionJson(Stream stream, ModelCard model, OptimizationReport? optimization = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(model);
        _stream = stream;
        _masks = model.HasMasks;
        _json = new Utf8JsonWriter(stream, ResultJson.Options);
        _json.WriteStartObject();
        _json.WriteStartObject("model");
        _json.WriteString("name", model.Name);
        _json.WriteString("variant", model.Variant);
        _json.WriteStartObject("classes");
        foreach (ClassEntry entry in model.Classes.Entries)
            _json.WriteString(entry.Label.ToString(CultureInfo.InvariantCulture), entry.Name);
        _json.WriteEndObject();
        _json.WriteEndObject();
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
        _json.WriteStartObject();
        _json.WriteString("file", file);
        _json.WriteNumber("width", found.Width);
        _json.WriteNumber("height", found.Height);
        _json.WriteStartArray("detections");
        foreach (Detection detection in found.Items)
            Write(detection);
        _json.WriteEndArray();
        _json.WriteStartObject("time_ms");
        WriteMs("decode", found.Times.DecodeMs);
        WriteMs("preprocess", found.Times.PreprocessMs);
        WriteMs("inference", found.Times.InferenceMs);
        WriteMs("postprocess", found.Times.PostprocessMs);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Notes an image that could not be looked at.</summary>
    public void WriteFailure(string file, string error)
    {
        _json.WriteStartObject();
        _json.WriteString("file", file);
        _json.WriteString("error", error);
        _json.WriteEndObject();
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

    private void Write(Detection detection)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("box");
        _json.WriteFinite(detection.Box.X1);
        _json.WriteFinite(detection.Box.Y1);
        _json.WriteFinite(detection.Box.X2);
        _json.WriteFinite(detection.Box.Y2);
        _json.WriteEndArray();
        _json.WritePropertyName("score");
        _json.WriteFinite(detection.Score);
        _json.WriteNumber("class_id", detection.ClassId);
        _json.WriteString("class_name", detection.ClassName);
        if (_masks && detection.Mask is { } mask)
        {
            _json.WriteMask("mask", mask);
            _json.WriteStartArray("polygons");
            foreach (PolygonRing ring in PolygonRings.Of(detection))
                Write(ring);
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
    }

    private void Write(PolygonRing ring)
    {
        _json.WriteStartArray();
        foreach (PixelPoint point in ring.Points)
        {
            _json.WriteNumberValue(point.X);
            _json.WriteNumberValue(point.Y);
        }

        _json.WriteEndArray();
    }

    private void WriteMs(string name, double value) => _json.WriteNumber(name, Math.Round(value, 3));
}
