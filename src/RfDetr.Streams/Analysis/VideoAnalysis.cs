using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RfDetr.Streams;

/// <summary>
/// The way of a video from frames to objects with ids and counts. Decoding, the network and whatever the caller does with a frame
/// overlap; a bounded number of frames is in memory. Of live input the newest frame is taken whenever the network is free. One
/// reader at a time.
/// </summary>
public sealed class VideoAnalysis
{
    // Clocks of broken files stand still or run backwards; trackers and containers need one that advances.
    private static readonly TimeSpan s_smallestStep = TimeSpan.FromMilliseconds(1);

    private readonly Detector _detector;
    private readonly TrackOptions _options;
    private readonly List<LineZone> _lines;
    private readonly List<PolygonZone> _zones;
    private int _begun;

    /// <summary>Prepares an analysis; nothing is read yet.</summary>
    /// <param name="detector">Finds objects; must live until the analysis has ended.</param>
    /// <param name="source">The video.</param>
    /// <param name="options">What to do; null for the default tracker.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or a line or zone lies outside the frames.
    /// </exception>
    public VideoAnalysis(Detector detector, VideoSource source, TrackOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(source);
        _options = options ?? new TrackOptions();
        _options.Validate();
        (_detector, Source) = (detector, source);
        (int width, int height) = (source.Info.Width, source.Info.Height);
        _lines = [.. _options.Lines.Select(l => l.ToZone(width, height))];
        _zones = [.. _options.Zones.Select(z => z.ToZone(width, height))];
    }

    /// <summary>The video.</summary>
    public VideoSource Source { get; }

    /// <summary>The lines with their counts, which grow while frames are read.</summary>
    public IReadOnlyList<LineZone> Lines => _lines;

    /// <summary>The zones with their counts, which grow while frames are read.</summary>
    public IReadOnlyList<PolygonZone> Zones => _zones;

    /// <summary>The model that finds the objects.</summary>
    public ModelInfo Model => _detector.Model;

    /// <summary>The options.</summary>
    internal TrackOptions Options => _options;

    /// <summary>Reads the frames with what was found in them. Can be called once.</summary>
    /// <exception cref="VideoException">No frame could be read, or live input did not come back.</exception>
    /// <exception cref="InvalidOperationException">It was called before: counts and ids would go on.</exception>
    public IAsyncEnumerable<AnalyzedFrame> RunAsync(CancellationToken cancellation = default) =>
        Interlocked.Exchange(ref _begun, 1) == 0
            ? ReadAsync(cancellation)
            : throw new InvalidOperationException("this analysis has been read already; make another one");

    private async IAsyncEnumerable<AnalyzedFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        bool live = Source.Info.IsLive;
        int batch = live ? 1 : _options.Batch ?? _detector.PreferredBatch, ahead = live ? 1 : _options.AheadOrDefault;
        using var detecting = new FrameDetector(_detector, _options, batch, ahead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var session = new TrackerSession(_options);
        var underWay = new Queue<(VideoFrame[] Frames, Task<Detections[]> Found)>();
        IAsyncEnumerator<VideoFrame> frames = Source.ReadAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        ExceptionDispatchInfo? failure = null;
        (long index, TimeSpan? first, TimeSpan last) = (0, null, TimeSpan.MinValue);
        try
        {
            bool more = true;
            while (more || underWay.Count > 0)
            {
                while (more && underWay.Count < ahead)
                {
                    var group = new List<VideoFrame>(batch);
                    try
                    {
                        while (group.Count < batch && (more = await frames.MoveNextAsync().ConfigureAwait(false)))
                        {
                            VideoFrame frame = frames.Current;
                            if (_options.Duration is { } duration && frame.Time - (first ??= frame.Time) >= duration)
                            {
                                frame.Dispose();
                                more = false;
                                break;
                            }

                            group.Add(frame);
                        }
                    }
                    catch (VideoException e)
                    {
                        // What was read before is handed out first.
                        (more, failure) = (false, ExceptionDispatchInfo.Capture(e));
                    }
                    catch
                    {
                        group.ForEach(f => f.Dispose());
                        throw;
                    }

                    if (group.Count > 0)
                    {
                        VideoFrame[] taken = [.. group];
                        underWay.Enqueue((taken, Task.Run(() => detecting.Detect(taken, stop.Token), CancellationToken.None)));
                    }
                }

                if (!underWay.TryPeek(out (VideoFrame[] Frames, Task<Detections[]> Found) next))
                    break;
                Detections[] found = await next.Found.ConfigureAwait(false);
                for (int i = 0; i < found.Length; i++)
                {
                    TimeSpan time = next.Frames[i].Time > last ? next.Frames[i].Time : last + s_smallestStep;
                    AnalyzedFrame analyzed = Follow(session, next.Frames[i], found[i], index++, time);
                    last = time;
                    yield return analyzed;
                    analyzed.Release();
                }

                _ = underWay.Dequeue();
            }

            failure?.Throw();
        }
        finally
        {
            // A caller that stops early, or an error, leaves frames behind that nobody will see.
            await stop.CancelAsync().ConfigureAwait(false);
            foreach ((VideoFrame[] left, Task<Detections[]> task) in underWay)
            {
                await task.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
                Array.ForEach(left, f => f.Dispose());
            }

            await frames.DisposeAsync().ConfigureAwait(false);
        }
    }

    private AnalyzedFrame Follow(TrackerSession session, VideoFrame frame, Detections found, long index, TimeSpan time)
    {
        TrackedFrame? tracked = session.Update(frame, found, time);
        List<TrackedObject> objects = new(found.Items.Count);
        for (int i = 0; i < found.Items.Count; i++)
        {
            Detection detection = found.Items[i];
            TrackedDetection? own = tracked?.Detections[i];
            if (own is { ClassId: int classId } && classId != detection.ClassId
                && Model.Classes.TryGet(classId, out ClassEntry? voted))
                detection = detection with { ClassId = classId, ClassName = voted.Name };
            if (tracked is null || own?.TrackId is not null || IsAbove(detection))
                objects.Add(new TrackedObject(own?.TrackId, detection));
        }

        var events = new List<ZoneEvent>();
        if (tracked is not null)
        {
            foreach (LineZone line in _lines)
                events.AddRange(line.Update(tracked));
            foreach (PolygonZone zone in _zones)
                events.AddRange(zone.Update(tracked));
        }

        return new AnalyzedFrame(frame)
        {
            Index = index,
            Time = time,
            Age = frame.Age,
            Found = found with
            {
                Items = [.. objects.Select(o => o.Detection)],

                // Weak detections, which only trackers see, may well use up the candidates.
                IsSaturated = found.IsSaturated && found.Items.All(IsAbove),
            },
            Objects = objects,
            Ended = tracked?.Ended ?? [],
            Events = events,
        };
    }

    private bool IsAbove(Detection detection) =>
        detection.Score > (_options.Detect.ClassThresholds.TryGetValue(detection.ClassName, out float own)
            ? own : _options.Detect.ScoreThreshold);
}
