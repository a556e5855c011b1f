namespace RfDetr.Streams;

/// <summary>
/// Writes the frames with everything drawn on them as a video, and the sound with it. The file gets its name when it is complete.
/// Live input whose frames change their size goes on in another file, <c>NAME-2.mp4</c>.
/// </summary>
public sealed class AnnotatedVideo : IStreamSink, IAsyncDisposable
{
    private readonly VideoAnalysis _analysis;
    private readonly StreamPainter _painter;
    private readonly string _path;
    private readonly VideoWriterOptions _options;
    private readonly List<string> _files = [];
    private VideoWriter? _writer;
    private TimeSpan _first;
    private (int Width, int Height) _size;

    /// <summary>A video of an analysis. Nothing is written before the first frame.</summary>
    /// <param name="analysis">The analysis.</param>
    /// <param name="path">The file; its ending decides on the format (<see cref="VideoWriter"/>).</param>
    /// <param name="draw">How to draw; null for the defaults.</param>
    /// <param name="options">Quality; sound is chosen here. Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or such a file cannot be written.</exception>
    /// <exception cref="VideoException">This ffmpeg cannot write such a file.</exception>
    public AnnotatedVideo(
        VideoAnalysis analysis, string path, StreamDrawOptions? draw = null, VideoWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        (_analysis, _path) = (analysis, path);
        _painter = new StreamPainter(analysis, draw);
        _options = options ?? new VideoWriterOptions();

        // What cannot work is said before the network has run for an hour.
        VideoWriter.Check(path, _options);
    }

    /// <summary>The files that are complete.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (_writer is not null && _size != (frame.Width, frame.Height))
            await EndAsync(canceled: false).ConfigureAwait(false);
        _writer ??= Begin(frame);
        _painter.Draw(frame);
        await _writer.WriteAsync(frame.Rgb, frame.Time - _first, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(StreamSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        if (_writer is not null)
            await EndAsync(summary.Canceled).ConfigureAwait(false);
    }

    /// <summary>Frees ffmpeg; what is not complete is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        _writer = null;
    }

    private VideoWriter Begin(AnalyzedFrame frame)
    {
        (_size, _first) = ((frame.Width, frame.Height), frame.Time);
        string path = _files.Count == 0 ? _path : Path.Combine(
            Path.GetDirectoryName(_path) ?? "",
            Invariant.Text($"{Path.GetFileNameWithoutExtension(_path)}-{_files.Count + 1}{Path.GetExtension(_path)}"));
        VideoWriterOptions options = _analysis.Source.SoundPath is { } sound
            ? _options with
            {
                Audio = _analysis.Source.Info,
                AudioPath = sound,
                AudioStart = frame.Time,
                AudioEnd = _analysis.Source.End ?? (_analysis.Options.Duration is { } duration ? frame.Time + duration : null),
            }
            : _options;
        return VideoWriter.Create(path, frame.Width, frame.Height, options);
    }

    private async Task EndAsync(bool canceled)
    {
        VideoWriter writer = _writer!;
        await writer.CompleteAsync(cutSound: canceled).ConfigureAwait(false);
        _files.Add(writer.FilePath);
        await writer.DisposeAsync().ConfigureAwait(false);
        _writer = null;
    }
}
