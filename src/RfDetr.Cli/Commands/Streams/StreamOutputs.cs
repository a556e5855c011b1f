using RfDetr.Cli.Framework;
using RfDetr.Streams;
using RfDetr.Video;

namespace RfDetr.Cli.Commands;

/// <summary>Everything that a run over a video writes, frame by frame.</summary>
internal sealed class StreamOutputs : IAsyncDisposable
{
    private readonly List<IStreamSink> _sinks = [];
    private readonly List<JsonTarget> _targets = [];
    private readonly List<IDisposable> _opened = [];
    private readonly List<string> _names = [];
    private readonly AnnotatedVideo? _video;

    public StreamOutputs(CliContext context, VideoAnalysis analysis, StreamPlan plan)
    {
        bool live = analysis.Source.Info.IsLive;
        try
        {
            if (context.JsonPath is { } json)
                _sinks.Add(Json(analysis, Open(context, json, live), live));
            if (plan.Events is { } events)
                _sinks.Add(new EventLines(analysis, Open(context, events, live)));
            foreach (string format in plan.Formats)
                _sinks.Add(Format(format, context, analysis, plan.Files, live));
            if (plan.Video is { } path)
            {
                _video = new AnnotatedVideo(analysis, path, plan.Draw, new VideoWriterOptions { Ffmpeg = plan.Ffmpeg });
                _sinks.Add(_video);
            }
        }
        catch
        {
            Close();
            throw;
        }
    }

    public IReadOnlyList<IStreamSink> Sinks => _sinks;

    /// <summary>The files that were written, for people.</summary>
    public IReadOnlyList<string> Written => [.. _video?.Files ?? [], .. _names];

    /// <summary>All sinks are complete: files get their names.</summary>
    public void Complete()
    {
        foreach (StreamWriter writer in _opened.OfType<StreamWriter>())
            writer.Flush();
        _targets.ForEach(t => t.Complete());
    }

    public async ValueTask DisposeAsync()
    {
        if (_video is not null)
            await _video.DisposeAsync().ConfigureAwait(false);
        Close();
    }

    private void Close()
    {
        _opened.ForEach(o => o.Dispose());
        _targets.ForEach(t => t.Dispose());
    }

    private Stream Open(CliContext context, string path, bool live)
    {
        JsonTarget target = path == CommonOptions.StandardStream ? context.OpenOutput()
            : live ? JsonTarget.Growing(path) : JsonTarget.To(path);
        _targets.Add(target);
        if (path != CommonOptions.StandardStream)
            _names.Add(path);
        return target.Stream;
    }

    private IStreamSink Json(VideoAnalysis analysis, Stream stream, bool live)
    {
        if (live)
            return new StreamJsonLines(analysis, stream);
        var json = new StreamJson(analysis, stream);
        _opened.Add(json);
        return json;
    }

    private IStreamSink Format(string format, CliContext context, VideoAnalysis analysis, string files, bool live)
    {
        if (format == "json")
            return Json(analysis, Open(context, files + (live ? ".jsonl" : ".json"), live), live);
        var writer = new StreamWriter(Open(context, files + (format == "mot" ? ".txt" : ".csv"), live), leaveOpen: true)
        {
            AutoFlush = live,
        };
        _opened.Add(writer);
        return format == "mot" ? new MotLines(writer) : new StreamCsv(writer);
    }
}
