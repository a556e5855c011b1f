using System.Buffers;

namespace RfDetr.Video;

/// <summary>
/// A decoded frame. Its pixels are rented: dispose it when they are no longer needed, and keep no reference to them.
/// </summary>
public sealed class VideoFrame : IDisposable
{
    private byte[]? _rented;

    internal VideoFrame(byte[] rented, int width, int height)
    {
        _rented = rented;
        (Width, Height) = (width, height);
    }

    /// <summary>Number of the frame among those that were read, from 0.</summary>
    public long Index { get; internal init; }

    /// <summary>Time of the frame in the video; of live input since reading began.</summary>
    public TimeSpan Time { get; internal init; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Height × Width × 3 bytes, rows from the top, red first.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed.</exception>
    public Memory<byte> Rgb
    {
        get
        {
            ObjectDisposedException.ThrowIf(_rented is null, this);
            return _rented.AsMemory(0, Width * Height * 3);
        }
    }

    /// <summary>
    /// Number of newer frames that took the place of older ones since the last frame that was handed out; 0 for files.
    /// </summary>
    public long Dropped { get; internal init; }

    /// <summary>
    /// True if the stream was interrupted before this frame, or its stored size changed: trackers had better be reset.
    /// </summary>
    public bool Discontinuity { get; internal init; }

    /// <summary>When the frame arrived, by <see cref="TimeProvider.GetTimestamp"/>; see <see cref="Age"/>.</summary>
    internal long ArrivedAt { get; init; }

    /// <summary>Time since the frame arrived.</summary>
    public TimeSpan Age => TimeProvider.System.GetElapsedTime(ArrivedAt);

    /// <summary>The same pixels with what happened before; this frame hands them over.</summary>
    internal VideoFrame With(long dropped, bool discontinuity) => new(Interlocked.Exchange(ref _rented, null)!, Width, Height)
    {
        Index = Index,
        Time = Time,
        ArrivedAt = ArrivedAt,
        Dropped = dropped,
        Discontinuity = discontinuity,
    };

    /// <summary>Gives the pixels back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
