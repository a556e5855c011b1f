using System.Runtime.InteropServices;

namespace RfDetr.Tracking;

/// <summary>
/// Our own tracker, and the one to begin with. Every detection comes back; ids begin at 1 and have no gaps; buffers are times,
/// and motion is followed in real time, so irregular and low frame rates need no setting; memory does not grow.
/// </summary>
/// <remarks>
/// It takes what proved itself in the references: strong detections before weak ones (ByteTrack), recovery where an object was
/// last seen (OC-SORT), camera motion (BoT-SORT), and adds search regions that grow with uncertainty, and the refusal of second
/// boxes of an object. Described and measured in docs/tracking.md.
/// </remarks>
public sealed class DefaultTracker : Tracker
{
    // Weak detections must fit better, since more of them are wrong.
    private const double WeakIou = 0.4;

    // Search regions: boxes are enlarged on each side by this part of their size, plus the uncertainty of the expected center.
    private const double SearchMargin = 0.3;
    private const double LargestMargin = 1;
    private const double SearchIou = 0.2;

    // Between two sightings, sides of a box change by less than this factor.
    private const double LargestSizeRatio = 2;

    private readonly DefaultTrackerOptions _options;
    private readonly List<DefaultTrack> _tracks = [];
    private readonly SparseMatching _matching = new();
    private readonly List<DefaultTrack> _rows = [];
    private readonly List<int> _strong = [], _weak = [];
    private BoxD[] _boxes = [];
    private bool[] _taken = [];
    private double _now;
    private int _lastId;

    /// <summary>A tracker for one stream.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DefaultTracker(DefaultTrackerOptions? options = null)
    {
        _options = options ?? new DefaultTrackerOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public override bool UsesCameraMotion => _options.UseCameraMotion;

    /// <summary>Number of objects of which something is remembered.</summary>
    internal int Remembered => _tracks.Count;

    /// <inheritdoc/>
    private protected override void Clear()
    {
        _tracks.Clear();
        (_now, _lastId) = (0, 0);
    }

    /// <inheritdoc/>
    private protected override void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, TrackOutput output)
    {
        _now += step.Seconds;
        Sort(detections);
        CameraMotion motion = _options.UseCameraMotion ? step.Motion : CameraMotion.None;
        foreach (DefaultTrack track in _tracks)
            track.Predict(step.Seconds, motion);

        Round(detections, _strong, t => t.Confirmed, Expected, _options.MinimumIou);
        Round(detections, _weak, t => t.Confirmed && !t.Lost, Expected, WeakIou);
        Round(detections, _strong, t => t.Confirmed, Nearby, SearchIou);
        Round(detections, _strong, t => !t.Confirmed, Nearby, SearchIou);
        Begin(detections, step.Index == 0);
        Confirm();
        Remove(output);
        Report(output);
    }

    // Boxes in double precision, and the indices of strong and weak detections.
    private void Sort(ReadOnlySpan<TrackDetection> detections)
    {
        if (_boxes.Length < detections.Length)
            (_boxes, _taken) = (new BoxD[2 * detections.Length], new bool[2 * detections.Length]);
        _strong.Clear();
        _weak.Clear();
        for (int i = 0; i < detections.Length; i++)
        {
            (_boxes[i], _taken[i]) = (BoxD.Of(detections[i].Box), false);
            if (detections[i].Score >= _options.HighThreshold)
                _strong.Add(i);
            else if (detections[i].Score >= _options.LowThreshold)
                _weak.Add(i);
        }
    }

    // Pairs free tracks with free detections where they are similar enough.
    private void Round(
        ReadOnlySpan<TrackDetection> detections,
        List<int> candidates,
        Predicate<DefaultTrack> takesPart,
        Func<DefaultTrack, BoxD, double> similarity,
        double least)
    {
        _rows.Clear();
        foreach (DefaultTrack track in _tracks)
        {
            if (track.Detection < 0 && takesPart(track))
                _rows.Add(track);
        }

        if (_rows.Count == 0 || candidates.Count == 0)
            return;
        _matching.Begin(_rows.Count, candidates.Count);
        for (int r = 0; r < _rows.Count; r++)
        {
            for (int c = 0; c < candidates.Count; c++)
            {
                int detection = candidates[c];
                if (_taken[detection]
                    || (_options.ClassRule == ClassRule.Separate && detections[detection].ClassId != _rows[r].ClassId))
                    continue;
                double similar = similarity(_rows[r], _boxes[detection]);
                if (similar > least)
                    _matching.Add(r, c, similar - least);
            }
        }

        ReadOnlySpan<int> match = _matching.Solve();
        for (int r = 0; r < match.Length; r++)
        {
            if (match[r] < 0)
                continue;
            int detection = candidates[match[r]];
            _rows[r].Update(_boxes[detection], detections[detection], detection, _now);
            _taken[detection] = true;
        }
    }

    private static double Expected(DefaultTrack track, BoxD box) => track.Box.IoU(box);

    // Overlap of enlarged boxes, where the object is expected or where it was last seen.
    private static double Nearby(DefaultTrack track, BoxD box)
    {
        if (!IsAlike(track.LastSeen, box))
            return 0;
        double scale = Math.Sqrt(Math.Max(1, box.Width) * Math.Max(1, box.Height));
        double margin = Math.Min(LargestMargin, SearchMargin + track.Uncertainty / scale) * scale;
        BoxD region = Enlarge(box, margin);
        return Math.Max(Enlarge(track.Box, margin).IoU(region), Enlarge(track.LastSeen, margin).IoU(region));
    }

    private static BoxD Enlarge(in BoxD box, double margin) =>
        new(box.X1 - margin, box.Y1 - margin, box.X2 + margin, box.Y2 + margin);

    private static bool IsAlike(in BoxD a, in BoxD b) =>
        Ratio(a.Width, b.Width) <= LargestSizeRatio && Ratio(a.Height, b.Height) <= LargestSizeRatio;

    private static double Ratio(double a, double b) => Math.Max(a, b) / Math.Max(Math.Min(a, b), 1e-3);

    private void Begin(ReadOnlySpan<TrackDetection> detections, bool firstFrame)
    {
        foreach (int i in _strong)
        {
            if (_taken[i] || IsDuplicate(detections[i], _boxes[i]))
                continue;
            var track = new DefaultTrack(_boxes[i], detections[i], i, _now);
            if (firstFrame || detections[i].Score >= _options.InstantThreshold)
                track.Id = ++_lastId;
            _tracks.Add(track);
        }
    }

    private bool IsDuplicate(TrackDetection detection, in BoxD box)
    {
        foreach (DefaultTrack track in _tracks)
        {
            if (track.Detection >= 0 && (_options.ClassRule != ClassRule.Separate || track.ClassId == detection.ClassId)
                && track.LastSeen.IoU(box) > _options.DuplicateIou)
            {
                return true;
            }
        }

        return false;
    }

    private void Confirm()
    {
        foreach (DefaultTrack track in _tracks)
        {
            if (!track.Confirmed && track.Sightings > 1)
                track.Id = ++_lastId;
        }
    }

    private void Remove(TrackOutput output)
    {
        double lost = _options.LostTime.TotalSeconds, waiting = _options.ConfirmTime.TotalSeconds;
        int kept = 0;
        for (int i = 0; i < _tracks.Count; i++)
        {
            DefaultTrack track = _tracks[i];
            if (track.Detection >= 0 || _now - track.SeenAt <= (track.Confirmed ? lost : waiting))
                _tracks[kept++] = track;
            else if (track.Confirmed)
                output.Ended.Add(track.Id);
        }

        CollectionsMarshal.SetCount(_tracks, kept);
    }

    private void Report(TrackOutput output)
    {
        foreach (DefaultTrack track in _tracks)
        {
            if (!track.Confirmed || track.Detection < 0)
                continue;
            int classId = _options.ClassRule == ClassRule.Vote ? track.VotedClass : track.ClassId;
            output.Ids[track.Detection] = track.Id;
            output.Detections[track.Detection] = output.Detections[track.Detection] with { ClassId = classId };
            output.Tracks.Add(new TrackState(track.Id, track.Box.ToXyxy(), classId, track.Detection));
        }
    }
}
