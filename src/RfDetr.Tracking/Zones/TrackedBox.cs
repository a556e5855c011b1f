namespace RfDetr.Tracking;

/// <summary>An object with an id in a frame: what zones, trails and smoothing look at.</summary>
/// <param name="TrackId">The object's id.</param>
/// <param name="ClassId">Its class in this frame.</param>
/// <param name="Box">Corners in pixels.</param>
/// <param name="Score">Confidence, 0..1.</param>
public readonly record struct TrackedBox(int TrackId, int ClassId, BoxXyxy Box, float Score = 1);

/// <summary>Boxes with ids of tracked frames.</summary>
internal static class TrackedBoxes
{
    /// <summary>The detections of a frame that have an id.</summary>
    public static TrackedBox[] Of(TrackedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return
        [
            .. frame.Detections.Where(d => d.TrackId is not null)
                .Select(d => new TrackedBox(d.TrackId!.Value, d.ClassId, d.Box, d.Score)),
        ];
    }
}
