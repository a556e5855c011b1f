namespace RfDetr.Streams;

/// <summary>
/// A tracker that lives through interruptions: after one it begins anew, but ids go on, so that none stands for two objects.
/// </summary>
internal sealed class TrackerSession(TrackOptions options)
{
    private readonly CameraMotionEstimator _motion = new();
    private readonly HashSet<int> _alive = [];
    private Tracker? _tracker = options.NewTracker();
    private int _offset, _lastId;
    private long _index;

    /// <summary>The next frame's detections with ids; null without a tracker.</summary>
    public TrackedFrame? Update(VideoFrame frame, Detections found, TimeSpan time)
    {
        if (_tracker is null)
            return null;
        List<int> ended = [];
        if (frame.Discontinuity && _index > 0)
        {
            ended.AddRange(_alive.Order());
            _alive.Clear();
            (_tracker, _offset) = (options.NewTracker()!, _lastId);
            _motion.Reset();
        }

        TrackedFrame own = _tracker.Update(found, time, Motion(frame, found));
        TrackedDetection[] detections = [.. own.Detections.Select(d => d with { TrackId = d.TrackId + _offset })];
        TrackState[] tracks = [.. own.Tracks.Select(t => t with { Id = t.Id + _offset })];
        foreach (TrackedDetection detection in detections)
        {
            if (detection.TrackId is not { } id)
                continue;
            _ = _alive.Add(id);
            _lastId = Math.Max(_lastId, id);
        }

        foreach (int id in own.Ended)
        {
            _ = _alive.Remove(id + _offset);
            ended.Add(id + _offset);
        }

        return new TrackedFrame(_index++, time, detections, tracks, [.. ended]);
    }

    private CameraMotion Motion(VideoFrame frame, Detections found)
    {
        if (options.CameraMotion == CameraMotionUse.StandsStill || !_tracker!.UsesCameraMotion)
            return CameraMotion.None;
        BoxXyxy[] boxes = [.. found.Items.Where(d => d.Score > options.Detect.ScoreThreshold).Select(d => d.Box)];
        return _motion.Estimate(frame.Rgb.Span, frame.Width, frame.Height, boxes);
    }
}
