namespace RfDetr.Streams;

/// <summary>An object in a frame.</summary>
/// <param name="TrackId">The object's id, the same in all frames; null while it has none, and without a tracker.</param>
/// <param name="Detection">Box, score, class and mask. The class is the one that the tracker decided on.</param>
public sealed record TrackedObject(int? TrackId, Detection Detection);

/// <summary>
/// A frame with everything that is known about it. All of it may be kept, except for the pixels: they are valid until the next
/// frame is asked for.
/// </summary>
public sealed class AnalyzedFrame
{
    private readonly VideoFrame _frame;

    internal AnalyzedFrame(VideoFrame frame) => _frame = frame;

    /// <summary>Number of the frame among those that were analyzed, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>Time of the frame in the video; of live input since reading began. It always advances.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Width in pixels.</summary>
    public int Width => _frame.Width;

    /// <summary>Height in pixels.</summary>
    public int Height => _frame.Height;

    /// <summary>Number of frames of live input that were left out since the last one; 0 for files.</summary>
    public long Dropped => _frame.Dropped;

    /// <summary>True if the stream was interrupted before this frame, or changed its size: objects have new ids.</summary>
    public bool Discontinuity => _frame.Discontinuity;

    /// <summary>The age of the frame when its result was ready, from its arrival.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>
    /// The objects: everything that has an id, and everything else above the threshold, best first. With all that the network
    /// says about the frame.
    /// </summary>
    public required Detections Found { get; init; }

    /// <summary>The same objects with their ids, in the same order.</summary>
    public required IReadOnlyList<TrackedObject> Objects { get; init; }

    /// <summary>Ids that will not return.</summary>
    public required IReadOnlyList<int> Ended { get; init; }

    /// <summary>Events at lines and in zones.</summary>
    public required IReadOnlyList<ZoneEvent> Events { get; init; }

    /// <summary>The pixels, until the next frame is asked for.</summary>
    /// <exception cref="ObjectDisposedException">The next frame was asked for.</exception>
    public PixelFrame Pixels => new(_frame.Rgb.Span, Width, Height, 0, PixelFormat.Rgb24);

    /// <summary>A copy of the frame as an image.</summary>
    public Image ToImage() => Image.FromPixels(Pixels);

    /// <summary>The pixels, to be drawn on.</summary>
    internal Memory<byte> Rgb => _frame.Rgb;

    /// <summary>The objects that have an id.</summary>
    internal TrackedBox[] Boxes() =>
        [.. Objects.Where(o => o.TrackId is not null)
            .Select(o => new TrackedBox(o.TrackId!.Value, o.Detection.ClassId, o.Detection.Box, o.Detection.Score))];

    internal void Release() => _frame.Dispose();
}
