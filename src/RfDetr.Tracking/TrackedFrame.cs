namespace RfDetr.Tracking;

/// <summary>A detection after tracking.</summary>
/// <param name="TrackId">The id of the object that it belongs to; null if it belongs to none (yet).</param>
/// <param name="Box">The detection's own box, unchanged.</param>
/// <param name="Score">The detection's own score.</param>
/// <param name="ClassId">The detection's class, or the track's where the class rule is <see cref="ClassRule.Vote"/>.</param>
public readonly record struct TrackedDetection(int? TrackId, BoxXyxy Box, float Score, int ClassId);

/// <summary>A track that the tracker reports in a frame.</summary>
/// <param name="Id">The object's id.</param>
/// <param name="Box">The filter's box after the update, in pixels; smoother than the detection's box.</param>
/// <param name="ClassId">The class of the last matched detection, or the class voted for.</param>
/// <param name="DetectionIndex">
/// Index of the detection that was matched in this frame; −1 if the box is the filter's alone.
/// </param>
public readonly record struct TrackState(int Id, BoxXyxy Box, int ClassId, int DetectionIndex);

/// <summary>The report of a tracker about a frame. Owns its data; immutable; safe to keep and to share.</summary>
public sealed class TrackedFrame
{
    internal TrackedFrame(long index, TimeSpan time, TrackedDetection[] detections, TrackState[] tracks, int[] ended)
    {
        (Index, Time) = (index, time);
        (Detections, Tracks, Ended) = (detections, tracks, ended);
    }

    /// <summary>Number of the frame since the beginning or the last reset, from 0.</summary>
    public long Index { get; }

    /// <summary>Time of the frame as it was given to the tracker.</summary>
    public TimeSpan Time { get; }

    /// <summary>Every detection of the frame, in the order given.</summary>
    public IReadOnlyList<TrackedDetection> Detections { get; }

    /// <summary>Tracks that are reported in this frame, by id.</summary>
    public IReadOnlyList<TrackState> Tracks { get; }

    /// <summary>Ids that were given up in this frame and will not return; state kept per id can be freed.</summary>
    public IReadOnlyList<int> Ended { get; }
}
