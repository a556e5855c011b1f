using System.Diagnostics;

namespace RfDetr.Streams;

/// <summary>Takes analyzed frames one after the other: draws them, writes them, counts them.</summary>
public interface IStreamSink
{
    /// <summary>Takes a frame. Its pixels may be changed; they are valid until this ends.</summary>
    ValueTask WriteAsync(AnalyzedFrame frame, CancellationToken cancellation);

    /// <summary>No more frames will come: what was written becomes whole. Not called after a failure of a sink.</summary>
    ValueTask CompleteAsync(StreamSummary summary);
}

/// <summary>State of a run over a stream.</summary>
/// <param name="Frames">Number of frames so far.</param>
/// <param name="Total">Number of frames in all as far as the file tells; null if it does not, and for live input.</param>
/// <param name="FramesPerSecond">Frames of the last seconds per second.</param>
/// <param name="Left">Time until the end at this rate; null if it is not known.</param>
/// <param name="Frame">The last frame; its pixels are not valid any more.</param>
public sealed record StreamProgress(
    long Frames, long? Total, double FramesPerSecond, TimeSpan? Left, AnalyzedFrame Frame);

/// <summary>Result of a run over a stream: counts and losses.</summary>
public sealed record StreamSummary
{
    /// <summary>Number of frames analyzed.</summary>
    public required long Frames { get; init; }

    /// <summary>Time that it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Number of distinct objects with an id, by the class each was seen as most often.</summary>
    public required IReadOnlyDictionary<string, int> Objects { get; init; }

    /// <summary>Number of frames whose image may hold more objects than the model can report.</summary>
    public required long SaturatedFrames { get; init; }

    /// <summary>Number of frames of live input that were left out because newer ones had come.</summary>
    public required long Dropped { get; init; }

    /// <summary>Number of interruptions of live input.</summary>
    public required int Interruptions { get; init; }

    /// <summary>Number of errors while decoding; above 0, frames or parts of frames were lost.</summary>
    public required long DecodeErrors { get; init; }

    /// <summary>The last of these errors, or why live input was interrupted; empty if there was none.</summary>
    public required string Problem { get; init; }

    /// <summary>True if the work was canceled before the end.</summary>
    public required bool Canceled { get; init; }
}

/// <summary>Runs an analysis into sinks.</summary>
public static class StreamRun
{
    /// <summary>Runs to the end of the video, or until it is canceled: then, too, what was written becomes whole.</summary>
    /// <param name="analysis">The analysis.</param>
    /// <param name="sinks">Take each frame, in this order. The caller disposes them.</param>
    /// <param name="progress">Receives the state after each frame, in the thread that works.</param>
    /// <param name="cancellation">Ends the work early, without an exception.</param>
    /// <exception cref="VideoException">
    /// The video cannot be read at all, live input did not come back, or a video cannot be written. What was written before
    /// reading failed is whole.
    /// </exception>
    public static async Task<StreamSummary> RunAsync(
        VideoAnalysis analysis, IReadOnlyList<IStreamSink> sinks, IProgress<StreamProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentNullException.ThrowIfNull(sinks);
        var tally = new StreamTally(analysis);
        Exception? broken = null;
        IAsyncEnumerator<AnalyzedFrame> frames = analysis.RunAsync(cancellation).GetAsyncEnumerator(CancellationToken.None);
        await using (frames.ConfigureAwait(false))
        {
            while (await NextAsync().ConfigureAwait(false))
            {
                AnalyzedFrame frame = frames.Current;

                // A frame that was begun is written to all sinks: they must agree.
                foreach (IStreamSink sink in sinks)
                    await sink.WriteAsync(frame, CancellationToken.None).ConfigureAwait(false);
                tally.Add(frame);
                progress?.Report(tally.Progress(frame));
            }
        }

        StreamSummary summary = tally.Summary(cancellation.IsCancellationRequested);
        foreach (IStreamSink sink in sinks)
            await sink.CompleteAsync(summary).ConfigureAwait(false);
        return broken is null ? summary : throw broken;

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await frames.MoveNextAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return false;
            }
            catch (VideoException e) when (tally.Frames > 0)
            {
                broken = e;
                return false;
            }
        }
    }
}

/// <summary>Counts what goes by.</summary>
internal sealed class StreamTally(VideoAnalysis analysis)
{
    private const int RateWindow = 64;
    private const int MostObjects = 1_000_000;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Queue<long> _recent = new(RateWindow);
    private readonly Dictionary<int, Dictionary<string, int>> _present = [];
    private readonly Dictionary<string, int> _objects = [];
    private TimeSpan? _first;
    private long _saturated, _dropped;

    public long Frames { get; private set; }

    public void Add(AnalyzedFrame frame)
    {
        Frames++;
        _first ??= frame.Time;
        _saturated += frame.Found.IsSaturated ? 1 : 0;
        _dropped += frame.Dropped;
        foreach (TrackedObject seen in frame.Objects)
        {
            if (seen.TrackId is not { } id)
                continue;
            if (!_present.TryGetValue(id, out Dictionary<string, int>? classes))
            {
                if (_present.Count >= MostObjects)
                    continue;
                _present[id] = classes = [];
            }

            classes[seen.Detection.ClassName] = classes.GetValueOrDefault(seen.Detection.ClassName) + 1;
        }

        foreach (int id in frame.Ended)
            Close(id);
        if (_recent.Count == RateWindow)
            _ = _recent.Dequeue();
        _recent.Enqueue(Stopwatch.GetTimestamp());
    }

    public StreamProgress Progress(AnalyzedFrame frame)
    {
        double seconds = Stopwatch.GetElapsedTime(_recent.Peek()).TotalSeconds;
        double rate = seconds > 0 ? (_recent.Count - 1) / seconds : 0;
        TimeSpan? video = analysis.Source.Expected is { } expected && _first is { } first
            ? expected - (frame.Time - first) : null;
        long? total = null;
        TimeSpan? left = null;
        if (video is { } rest && rest >= TimeSpan.Zero && Frames > 1)
        {
            double perFrame = (frame.Time - _first!.Value).TotalSeconds / (Frames - 1);
            double more = perFrame > 0 ? rest.TotalSeconds / perFrame : 0;
            total = Frames + (long)Math.Round(Math.Max(0, more - 1));
            left = rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, more - 1) / rate) : null;
        }

        return new StreamProgress(Frames, total, rate, left, frame);
    }

    public StreamSummary Summary(bool canceled)
    {
        foreach (int id in _present.Keys.ToArray())
            Close(id);
        return new StreamSummary
        {
            Frames = Frames,
            Elapsed = Stopwatch.GetElapsedTime(_began),
            Objects = _objects,
            SaturatedFrames = _saturated,
            Dropped = _dropped,
            Interruptions = analysis.Source.Interruptions,
            DecodeErrors = canceled ? 0 : analysis.Source.Errors,
            Problem = canceled ? "" : analysis.Source.Problem,
            Canceled = canceled,
        };
    }

    private void Close(int id)
    {
        if (!_present.Remove(id, out Dictionary<string, int>? classes))
            return;
        string name = classes.MaxBy(c => c.Value).Key;
        _objects[name] = _objects.GetValueOrDefault(name) + 1;
    }
}
