namespace RfDetr.Streams;

/// <summary>Detections of groups of frames: whole, in one run of the network, or tile by tile.</summary>
internal sealed class FrameDetector : IDisposable
{
    private readonly DetectionPipeline? _whole;
    private readonly TileDetector? _tiles;
    private readonly DetectOptions _options;
    private readonly SemaphoreSlim _turn;
    private readonly int _most;

    public FrameDetector(Detector detector, TrackOptions options, int batch, int ahead)
    {
        _turn = new SemaphoreSlim(detector.RunsAtOnce(ahead));
        _options = options.Detect with { ScoreThreshold = options.LowestScore };
        _most = detector.BatchSize(batch);
        if (options.Tiles is { } tiles)
            _tiles = new TileDetector(detector, tiles);
        else
            _whole = detector.Pipeline(_options);
    }

    /// <summary>
    /// Finds objects in each frame; the network runs for one caller at a time, or in our own engine for one on each thread.
    /// </summary>
    public Detections[] Detect(IReadOnlyList<VideoFrame> group, CancellationToken cancellation)
    {
        if (_whole is null)
            return [.. group.Select(f => _tiles!.Run(Pixels(f), _options, cancellation, _turn))];
        var found = new List<Detections>(group.Count);
        foreach (VideoFrame[] part in group.Chunk(_most))
            found.AddRange(_whole.Run(new VideoFrames(part), cancellation, _turn).Select(a => a.ResultOrThrow()));
        return [.. found];
    }

    public void Dispose() => _turn.Dispose();

    private static PixelFrame Pixels(VideoFrame frame) =>
        new(frame.Rgb.Span, frame.Width, frame.Height, 0, PixelFormat.Rgb24);

    private readonly struct VideoFrames(VideoFrame[] frames) : IFrames
    {
        public int Count => frames.Length;

        public PixelFrame this[int index] => Pixels(frames[index]);
    }
}
