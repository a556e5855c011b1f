using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>Makes the tracker that a golden file's set-up describes.</summary>
internal static class GoldenTrackers
{
    /// <summary>Tolerance in pixels for filter boxes; supervision keeps measurements in single precision.</summary>
    public static double StateTolerance(string algorithm) => algorithm == "supervision-bytetrack" ? 0.05 : 0.01;

    public static Tracker Create(string algorithm, JsonElement p) => algorithm switch
    {
        "sort" => new SortTracker(new SortOptions
        {
            MaxAge = p.Whole("max_age"),
            MinHits = p.Whole("min_hits"),
            IouThreshold = (float)p.Number("iou"),
        }),
        "ocsort" => new OcSortTracker(new OcSortOptions
        {
            DetectionThreshold = (float)p.Number("det_thresh"),
            MaxAge = p.Whole("max_age"),
            MinHits = p.Whole("min_hits"),
            IouThreshold = (float)p.Number("iou"),
            DirectionFrames = p.Whole("delta_t"),
            Inertia = p.Number("inertia"),
            UseLowScores = p.Flag("use_byte"),
        }),
        "bytetrack" => new ByteTracker(new ByteTrackOptions
        {
            TrackThreshold = (float)p.Number("track_thresh"),
            BufferAt30 = p.Whole("track_buffer"),
            MatchThreshold = p.Number("match_thresh"),
            FuseScores = !p.Flag("mot20"),
            FrameRate = p.Number("frame_rate"),
        }),
        "supervision-bytetrack" => new SupervisionByteTracker(new SupervisionByteTrackOptions
        {
            ActivationThreshold = (float)p.Number("track_activation_threshold"),
            BufferAt30 = p.Whole("lost_track_buffer"),
            MatchingThreshold = p.Number("minimum_matching_threshold"),
            FrameRate = p.Number("frame_rate"),
            MinimumConsecutiveFrames = p.Whole("minimum_consecutive_frames"),
        }),
        "botsort" => new BotSortTracker(new BotSortOptions
        {
            HighThreshold = (float)p.Number("high"),
            LowThreshold = (float)p.Number("low"),
            NewThreshold = (float)p.Number("new"),
            BufferAt30 = p.Whole("buffer"),
            MatchThreshold = p.Number("match"),
            FuseScores = !p.Flag("mot20"),
            FrameRate = p.Number("frame_rate"),
            UseCameraMotion = p.Flag("gmc"),
        }),
        "trackers-sort" => new TrackersSortTracker(new TrackersSortOptions
        {
            BufferAt30 = p.Whole("lost_track_buffer"),
            FrameRate = p.Number("frame_rate"),
            ActivationThreshold = (float)p.Number("track_activation_threshold"),
            MinimumConsecutiveFrames = p.Whole("minimum_consecutive_frames"),
            MinimumIou = p.Number("minimum_iou_threshold"),
        }),
        "trackers-bytetrack" => new TrackersByteTracker(new TrackersByteTrackOptions
        {
            BufferAt30 = p.Whole("lost_track_buffer"),
            FrameRate = p.Number("frame_rate"),
            ActivationThreshold = (float)p.Number("track_activation_threshold"),
            MinimumConsecutiveFrames = p.Whole("minimum_consecutive_frames"),
            MinimumIou = p.Number("minimum_iou_threshold"),
            HighThreshold = (float)p.Number("high_conf_det_threshold"),
        }),
        _ => throw new FormatException($"the algorithm '{algorithm}' is not known"),
    };
}
