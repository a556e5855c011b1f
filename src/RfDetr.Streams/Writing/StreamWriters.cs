using System.Globalization;
using System.Text.Json;

namespace RfDetr.Streams;

/// <summary>
/// Frames as one JSON document: <c>{"model", "video", "frames": [{"frame", "time", "width", "height", "objects": [{"track_id",
/// "box", "score", "class_id", "class_name", "mask"}], "events": […]}], "summary"}</c>.
/// </summary>
public sealed class StreamJson : IStreamSink, IDisposable
{
    private readonly VideoAnalysis _analysis;
    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;

    /// <summary>Begins a document.</summary>
    /// <param name="analysis">The analysis.</param>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    public StreamJson(VideoAnalysis analysis, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentNullException.ThrowIfNull(stream);
        (_analysis, _stream) = (analysis, stream);
        _json = new Utf8JsonWriter(stream, JsonStyle.Compact);
        ModelInfo model = analysis.Model;
        var classes = model.Classes.Entries.ToDictionary(e => e.Label.ToString(CultureInfo.InvariantCulture), e => e.Name);
        _json.WriteStartObject();
        _json.WritePropertyName("model");
        JsonSerializer.Serialize(_json, new ModelDocument(model.Name, model.Variant, classes), ResultJson.Default.ModelDocument);
        _json.WritePropertyName("video");
        JsonSerializer.Serialize(_json, VideoDocument.Of(analysis.Source.Info), StreamJsonContext.Default.VideoDocument);
        _json.WriteStartArray("frames");
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        FrameDocument document = FrameDocument.Of(frame, _analysis.Model, _analysis.Source.Info.IsLive);
        JsonSerializer.Serialize(_json, document, StreamJsonContext.Default.FrameDocument);
        _json.Flush();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(StreamSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        _json.WriteEndArray();
        _json.WritePropertyName("summary");
        JsonSerializer.Serialize(_json, SummaryDocument.Of(summary, _analysis), StreamJsonContext.Default.SummaryDocument);
        _json.WriteEndObject();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
        _stream.Flush();
        return ValueTask.CompletedTask;
    }

    /// <summary>Frees the writer; the stream stays open.</summary>
    public void Dispose() => _json.Dispose();
}

/// <summary>Frames as JSON lines, each of them written at once: for live input. The stream stays open.</summary>
/// <param name="analysis">The analysis.</param>
/// <param name="stream">Receives UTF-8.</param>
public sealed class StreamJsonLines(VideoAnalysis analysis, Stream stream) : IStreamSink
{
    /// <inheritdoc/>
    public async ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        FrameDocument document = FrameDocument.Of(frame, analysis.Model, analysis.Source.Info.IsLive);
        await JsonLine.WriteAsync(
            stream, json => JsonSerializer.Serialize(json, document, StreamJsonContext.Default.FrameDocument))
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(StreamSummary summary) => ValueTask.CompletedTask;
}

/// <summary>
/// Events of lines and zones as JSON lines, each of them written at once: <c>{"event": "crossed", "zone", "time", "frame",
/// "track_id", "class_id", "class_name", "direction"}</c>; <c>left</c> has <c>dwell</c> and <c>disappeared</c>. The stream stays
/// open.
/// </summary>
/// <param name="analysis">The analysis.</param>
/// <param name="stream">Receives UTF-8.</param>
public sealed class EventLines(VideoAnalysis analysis, Stream stream) : IStreamSink
{
    /// <inheritdoc/>
    public async ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        foreach (ZoneEvent happened in frame.Events)
        {
            var document = EventDocument.Of(happened, analysis.Model);
            await JsonLine.WriteAsync(
                stream, json => JsonSerializer.Serialize(json, document, StreamJsonContext.Default.EventDocument))
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(StreamSummary summary) => ValueTask.CompletedTask;
}

/// <summary>Objects with an id as a MOTChallenge result (<see cref="MotFile"/>). The writer stays open.</summary>
/// <param name="writer">Receives the lines.</param>
public sealed class MotLines(TextWriter writer) : IStreamSink
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        MotFile.WriteResult(writer, frame.Boxes().OrderBy(b => b.TrackId)
            .Select(b => MotEntry.Of(checked((int)frame.Index + 1), b.TrackId, b.Box, b.Score, b.ClassId)));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(StreamSummary summary) => await writer.FlushAsync().ConfigureAwait(false);
}

/// <summary>
/// Objects as CSV, a line each: frame, time, track_id (empty without), class_id, class_name, score, x1, y1, x2, y2. The writer
/// stays open.
/// </summary>
public sealed class StreamCsv : IStreamSink
{
    private readonly TextWriter _writer;

    /// <summary>Writes the heading.</summary>
    /// <param name="writer">Receives the lines.</param>
    public StreamCsv(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer = writer;
        _writer.Write("frame,time,track_id,class_id,class_name,score,x1,y1,x2,y2\n");
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        foreach (TrackedObject seen in frame.Objects)
        {
            Detection d = seen.Detection;
            string name = CsvText.Field(d.ClassName);
            double time = FrameDocument.Seconds(frame.Time);
            _writer.Write(Invariant.Text($"{frame.Index},{time},{seen.TrackId},{d.ClassId},{name},"));
            _writer.Write(Invariant.Text($"{d.Score},{d.Box.X1},{d.Box.Y1},{d.Box.X2},{d.Box.Y2}\n"));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(StreamSummary summary) => await _writer.FlushAsync().ConfigureAwait(false);
}

/// <summary>Writes a line of JSON in one piece, so that whoever reads along never sees half of one.</summary>
internal static class JsonLine
{
    public static async Task WriteAsync(Stream stream, Action<Utf8JsonWriter> write)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, JsonStyle.Compact))
            write(json);
        line.WriteByte((byte)'\n');
        await stream.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length)).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
    }
}
