using System.Text.Json;

namespace RfDetr;

/// <summary>
/// Writes a COCO result file: a list of <c>{"image_id", "category_id", "bbox" or "segmentation", "score"}</c>, as pycocotools'
/// <c>loadRes</c> reads it.
/// </summary>
/// <remarks>
/// A file holds boxes or masks, never both: as soon as its first entry has a box, pycocotools takes every detection's area from
/// its box, also where masks are compared, so that masks with boxes beside them get other AP of small, medium and large objects
/// than masks alone. The writer is called by hand because a list may have hundreds of thousands of entries, each written as it
/// comes. Not for several threads at once.
/// </remarks>
internal sealed class CocoResultWriter : IDisposable
{
    private const int FlushAt = 1 << 20;

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly bool _masks;
    private readonly bool _singles;

    /// <summary>Begins a list.</summary>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    /// <param name="masks">True for a file of masks, false for one of boxes.</param>
    /// <param name="singles">
    /// True if all numbers are floats: 0.1f is written as 0.1, not as the double 0.10000000149011612.
    /// </param>
    public CocoResultWriter(Stream stream, bool masks, bool singles = false)
    {
        (_stream, _masks, _singles) = (stream, masks, singles);
        _json = new Utf8JsonWriter(stream, JsonStyle.Compact);
        _json.WriteStartArray();
    }

    /// <summary>Adds a detection.</summary>
    /// <param name="imageId">The image's id in the ground truth.</param>
    /// <param name="categoryId">The class's id there.</param>
    /// <param name="box">x, y, width and height in pixels; a number that is not finite becomes null.</param>
    /// <param name="score">Likewise.</param>
    /// <param name="mask">The object's pixels; only looked at in a file of masks.</param>
    /// <param name="fileName">The image's name for people; null leaves it out.</param>
    /// <exception cref="ArgumentException">The file is one of masks and the detection has none.</exception>
    public void Write(
        long imageId, long categoryId, ReadOnlySpan<double> box, double score, RleMask? mask, string? fileName = null)
    {
        if (_masks && mask is null)
            throw new ArgumentException($"a detection of image {imageId} has no mask; write boxes instead");
        _json.WriteStartObject();
        _json.WriteNumber("image_id", imageId);
        _json.WriteNumber("category_id", categoryId);
        if (_masks)
            WriteMask(mask!);
        else
            WriteBox(box);
        _json.WritePropertyName("score");
        WriteFinite(score);
        if (fileName is not null)
            _json.WriteString("file_name", fileName);
        _json.WriteEndObject();
        if (_json.BytesPending > FlushAt)
            _json.Flush();
    }

    /// <summary>Hands everything that was written on to the stream.</summary>
    public void Flush() => _json.Flush();

    /// <summary>Ends the list and its line.</summary>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }

    /// <summary>Frees the writer; the stream stays open.</summary>
    public void Dispose() => _json.Dispose();

    private void WriteBox(ReadOnlySpan<double> box)
    {
        _json.WriteStartArray("bbox");
        foreach (double value in box)
            WriteFinite(value);
        _json.WriteEndArray();
    }

    private void WriteMask(RleMask mask)
    {
        _json.WriteStartObject("segmentation");
        _json.WriteStartArray("size");
        _json.WriteNumberValue(mask.Height);
        _json.WriteNumberValue(mask.Width);
        _json.WriteEndArray();
        _json.WriteString("counts", mask.ToCompressedString());
        _json.WriteEndObject();
    }

    // JSON has no number for infinity and NaN.
    private void WriteFinite(double value)
    {
        if (!double.IsFinite(value))
            _json.WriteNullValue();
        else if (_singles)
            _json.WriteNumberValue((float)value);
        else
            _json.WriteNumberValue(value);
    }
}
