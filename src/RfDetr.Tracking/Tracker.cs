namespace RfDetr.Tracking;

/// <summary>
/// Gives detections of successive frames ids, the same id for the same object. One instance follows one stream and must not be
/// used by several threads at once; instances share nothing.
/// </summary>
/// <remarks>
/// Call <see cref="Update(ReadOnlySpan{TrackDetection}, TimeSpan)"/> once per frame, also when nothing was detected.
/// </remarks>
public abstract class Tracker
{
    private readonly List<TrackState> _tracks = [];
    private readonly List<int> _ended = [];
    private long _index;
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>True if the tracker uses the motion of the camera; otherwise none has to be estimated.</summary>
    public virtual bool UsesCameraMotion => false;

    /// <summary>
    /// Takes the detections of the next frame. The result has them in the same order, so masks and class names are found by
    /// index.
    /// </summary>
    /// <param name="found">All detections of the frame.</param>
    /// <param name="time">Time of the frame in the stream; later than that of the frame before.</param>
    /// <param name="motion">Motion of the background since the frame before; null if the camera stands still.</param>
    /// <exception cref="ArgumentException">A box, a score or the motion is not finite, or the time does not advance.</exception>
    public TrackedFrame Update(Detections found, TimeSpan time, CameraMotion? motion = null)
    {
        ArgumentNullException.ThrowIfNull(found);
        TrackDetection[] detections = [.. found.Items.Select(d => new TrackDetection(d.Box, d.Score, d.ClassId))];
        return Update(detections, time, motion ?? CameraMotion.None);
    }

    /// <summary>Takes the detections of the next frame of a camera that stands still.</summary>
    /// <param name="detections">All detections of the frame, in any order.</param>
    /// <param name="time">Time of the frame in the stream; later than that of the frame before.</param>
    /// <exception cref="ArgumentException">A box or a score is not finite, or the time does not advance.</exception>
    public TrackedFrame Update(ReadOnlySpan<TrackDetection> detections, TimeSpan time) =>
        Update(detections, time, CameraMotion.None);

    /// <summary>Takes the detections of the next frame.</summary>
    /// <param name="detections">All detections of the frame, in any order.</param>
    /// <param name="time">Time of the frame in the stream; later than that of the frame before.</param>
    /// <param name="motion">Motion of the background since the frame before; ignored by trackers that do not use it.</param>
    /// <exception cref="ArgumentException">A box, a score or the motion is not finite, or the time does not advance.</exception>
    public TrackedFrame Update(ReadOnlySpan<TrackDetection> detections, TimeSpan time, CameraMotion motion)
    {
        RequireFinite(detections, motion);
        if (time <= _last)
        {
            throw new ArgumentException(
                $"Frame {_index} has the time {time}, not later than {_last} of the frame before; "
                + "call Reset when a stream starts again.",
                nameof(time));
        }

        _tracks.Clear();
        _ended.Clear();
        int[] ids = new int[detections.Length];
        ids.AsSpan().Fill(TrackIds.None);
        var result = new TrackedDetection[detections.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = new TrackedDetection(null, detections[i].Box, detections[i].Score, detections[i].ClassId);
        double seconds = _index == 0 ? 0 : (time - _last).TotalSeconds;
        Advance(detections, new FrameStep(_index, seconds, motion), new TrackOutput(ids, result, _tracks, _ended));
        for (int i = 0; i < result.Length; i++)
        {
            if (ids[i] >= 0)
                result[i] = result[i] with { TrackId = ids[i] };
        }

        _tracks.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        RawIds = ids;
        _last = time;
        return new TrackedFrame(_index++, time, result, [.. _tracks], [.. _ended]);
    }

    /// <summary>Forgets all objects; ids, times and frames begin again. Call it between two streams or after a cut.</summary>
    public void Reset()
    {
        Clear();
        _index = 0;
        _last = TimeSpan.MinValue;
    }

    /// <summary>
    /// Ids of the last frame's detections with the reference's markers: <see cref="TrackIds.None"/>, <see
    /// cref="TrackIds.Dropped"/>.
    /// </summary>
    internal IReadOnlyList<int> RawIds { get; private set; } = [];

    /// <summary>Moves on by one frame; see <see cref="TrackOutput"/> for what to fill in.</summary>
    private protected abstract void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output);

    /// <summary>Forgets all tracks and begins ids again.</summary>
    private protected abstract void Clear();

    private static void RequireFinite(ReadOnlySpan<TrackDetection> detections, CameraMotion motion)
    {
        for (int i = 0; i < detections.Length; i++)
        {
            if (!detections[i].Box.IsFinite || !float.IsFinite(detections[i].Score))
            {
                throw new ArgumentException(
                    $"Detection {i} has the box {detections[i].Box} and the score {detections[i].Score}; both must be finite.",
                    nameof(detections));
            }

        }

        if (!motion.IsFinite)
        {
            throw new ArgumentException(
                $"The camera motion {motion} is not finite; pass CameraMotion.None where it could not be estimated.", nameof(
                    motion));
        }
    }
}

/// <summary>Markers in place of an id.</summary>
internal static class TrackIds
{
    /// <summary>The detection has no id.</summary>
    public const int None = -1;

    /// <summary>The detection has no id, and the reference would not even return it.</summary>
    public const int Dropped = -2;
}

/// <summary>The input of a tracker besides detections.</summary>
/// <param name="Index">Number of the frame, from 0.</param>
/// <param name="Seconds">Time since the frame before; 0 in the first frame.</param>
/// <param name="Motion">Motion of the background since the frame before.</param>
internal readonly record struct FrameStep(long Index, double Seconds, CameraMotion Motion);

/// <summary>The output of a tracker for a frame.</summary>
/// <param name="Ids">Per detection an id ≥ 0 or a marker of <see cref="TrackIds"/>; all None beforehand.</param>
/// <param name="Detections">Results without ids; a tracker may change their class.</param>
/// <param name="Tracks">Takes the reported tracks, in any order.</param>
/// <param name="Ended">Takes ids that will not return.</param>
internal readonly record struct TrackOutput(int[] Ids, TrackedDetection[] Detections, List<TrackState> Tracks, List<int> Ended)
{
    /// <summary>Reports a track of the ByteTrack family that was seen in this frame.</summary>
    public void Report(ByteTrack track, ReadOnlySpan<TrackDetection> detections)
    {
        Ids[track.Detection] = track.Id;
        Tracks.Add(new TrackState(track.Id, track.Filter.Box.ToXyxy(), detections[track.Detection].ClassId, track.Detection));
    }
}
