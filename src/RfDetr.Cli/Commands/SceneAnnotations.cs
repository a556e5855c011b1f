using System.Buffers;
using System.Text.Json;

namespace RfDetr.Cli.Commands;

/// <summary>
/// Writes scenes as a COCO data set. Category ids are the class's number plus one, masks are COCO's
/// compressed run lengths, boxes x, y, width, height.
/// </summary>
/// <remarks>COCO keeps images and annotations in two lists; the second one waits in memory as finished JSON text, about 300 bytes an object.</remarks>
internal sealed class SceneAnnotations : IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly ArrayBufferWriter<byte> _waiting = new();
    private readonly Utf8JsonWriter _annotations;
    private int _images;

    /// <param name="stream">Receives the JSON.</param>
    /// <param name="classes">The classes that are drawn; null for all. Only they become categories; their ids are those of the full list.</param>
    public SceneAnnotations(Stream stream, IReadOnlyList<string>? classes = null)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(stream, s_options);
        _annotations = new Utf8JsonWriter(_waiting, s_options);
        _annotations.WriteStartArray();
        _json.WriteStartObject();
        _json.WriteStartArray("categories");
        for (int i = 0; i < SceneGenerator.ClassNames.Count; i++)
        {
            if (classes?.Contains(SceneGenerator.ClassNames[i]) == false)
                continue;
            _json.WriteStartObject();
            _json.WriteNumber("id", i + 1);
            _json.WriteString("name", SceneGenerator.ClassNames[i]);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("images");
    }

    /// <summary>Number of annotations so far.</summary>
    public int Objects { get; private set; }

    public void Add(string file, Scene scene)
    {
        _images++;
        _json.WriteStartObject();
        _json.WriteNumber("id", _images);
        _json.WriteString("file_name", file);
        _json.WriteNumber("width", scene.Width);
        _json.WriteNumber("height", scene.Height);
        _json.WriteEndObject();
        _json.Flush();
        foreach (SceneObject item in scene.Objects)
            Add(item, scene);
    }

    public void Complete()
    {
        _annotations.WriteEndArray();
        _annotations.Flush();
        _json.WriteEndArray();
        _json.WritePropertyName("annotations");
        _json.WriteRawValue(_waiting.WrittenSpan, skipInputValidation: true);
        _json.WriteEndObject();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
    }

    public void Dispose()
    {
        _annotations.Dispose();
        _json.Dispose();
    }

    private void Add(SceneObject item, Scene scene)
    {
        PixelBox box = item.Box;
        var visible = new BitMask(scene.Height, scene.Width);
        for (int y = 0; y < box.Height; y++)
        {
            for (int x = 0; x < box.Width; x++)
                visible[box.Y1 + y, box.X1 + x] = item.Mask[y * box.Width + x] != 0;
        }

        _annotations.WriteStartObject();
        _annotations.WriteNumber("id", ++Objects);
        _annotations.WriteNumber("image_id", _images);
        _annotations.WriteNumber("category_id", item.ClassId + 1);
        _annotations.WriteStartArray("bbox");
        foreach (int value in (ReadOnlySpan<int>)[box.X1, box.Y1, box.Width, box.Height])
            _annotations.WriteNumberValue(value);
        _annotations.WriteEndArray();
        _annotations.WriteNumber("area", item.Area);
        _annotations.WriteNumber("iscrowd", 0);
        _annotations.WriteStartObject("segmentation");
        _annotations.WriteStartArray("size");
        _annotations.WriteNumberValue(scene.Height);
        _annotations.WriteNumberValue(scene.Width);
        _annotations.WriteEndArray();
        _annotations.WriteString("counts", RleMask.Encode(visible).ToCompressedString());
        _annotations.WriteEndObject();
        _annotations.WriteEndObject();
    }
}
