namespace RfDetr.Video;

/// <summary>A place for one frame: a newer one takes the place of an older one that nobody took, and counts it.</summary>
internal sealed class NewestFrame : IDisposable
{
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Lock _gate = new();
    private VideoFrame? _frame;
    private long _dropped;
    private bool _complete;
    private bool _discontinuity;
    private Exception? _failure;

    public ValueTask PutAsync(VideoFrame frame, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _discontinuity |= frame.Discontinuity;
            if (_frame is { } older)
            {
                older.Dispose();
                _dropped++;
            }
            else
            {
                _ = _ready.Release();
            }

            _frame = frame;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>No more frames will come.</summary>
    public void Complete(Exception? failure)
    {
        lock (_gate)
            (_complete, _failure) = (true, failure);
        _ = _ready.Release();
    }

    /// <summary>The newest frame, when there is one; null at the end.</summary>
    public async Task<VideoFrame?> TakeAsync(CancellationToken cancellation)
    {
        await _ready.WaitAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            if (_frame is { } frame)
            {
                VideoFrame taken = frame.With(_dropped, _discontinuity);
                (_frame, _dropped, _discontinuity) = (null, 0, false);
                return taken;
            }

            return _failure is null && _complete ? null : throw _failure!;
        }
    }

    public void Dispose()
    {
        _frame?.Dispose();
        _ready.Dispose();
    }
}
