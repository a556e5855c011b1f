namespace RfDetr.Tracking;

/// <summary>
/// The frame-to-frame work of ByteTrack (Y. Zhang et al., ECCV 2022), supervision's variant and BoT-SORT: strong detections
/// first, weak ones for the tracks that are left, unconfirmed tracks last. Frames count from 1, as in the references.
/// </summary>
internal sealed class ByteAssociation(ByteProfile profile)
{
    private const double WeakLimit = 0.5;
    private const double UnconfirmedLimit = 0.7;
    private const double DuplicateDistance = 0.15;

    private List<ByteTrack> _tracked = [];
    private List<ByteTrack> _lost = [];
    private List<ByteTrack> _barred = [];
    private int _lastId;

    /// <summary>Tracks seen in the last frame, confirmed or not.</summary>
    public IReadOnlyList<ByteTrack> Tracked => _tracked;

    public void Clear()
    {
        (_tracked, _lost, _barred) = ([], [], []);
        _lastId = 0;
    }

    public void Advance(ReadOnlySpan<TrackDetection> detections, FrameStep step, List<int> ended)
    {
        long frame = step.Index + 1;
        Candidate[] all = [.. detections.ToArray().Select((d, i) => new Candidate(i, BoxD.Of(d.Box), profile.ToScore(d.Score)))];
        Candidate[] strong = [.. all.Where(c => c.Score > profile.High)];
        Candidate[] weak = [.. all.Where(c => c.Score > profile.Low && c.Score < profile.High)];
        List<ByteTrack> before = [.. _tracked, .. _lost];
        List<ByteTrack> unconfirmed = [.. _tracked.Where(t => !t.Confirmed)];
        List<ByteTrack> pool = [.. _tracked.Where(t => t.Confirmed), .. _lost];
        List<ByteTrack> seen = [], found = [], missed = [], removed = [];
        foreach (ByteTrack track in pool)
            track.Filter.Predict(!track.Seen);
        foreach (ByteTrack track in before)
            track.Filter.Move(step.Motion);

        // First round: strong detections, with tracks seen in the last frame and lost ones alike.
        int[] match = Pair(pool, strong, profile.FuseScores, profile.MatchLimit);
        Update(pool, strong, match, frame, seen, found);
        Candidate[] left = Unmatched(strong, match);

        // Second round: weak detections, with tracks seen in the last frame.
        List<ByteTrack> free = [.. pool.Where((t, i) => match[i] < 0 && t.Seen)];
        match = Pair(free, weak, false, WeakLimit);
        missed.AddRange(free.Where((_, i) => match[i] < 0));
        Update(free, weak, match, frame, seen, found);

        // Third round: unconfirmed tracks, with what the first round left.
        match = Pair(unconfirmed, left, profile.FuseScores, UnconfirmedLimit);
        Update(unconfirmed, left, match, frame, seen, found);
        removed.AddRange(unconfirmed.Where((_, i) => match[i] < 0));
        seen.AddRange(Unmatched(left, match).Where(c => c.Score >= profile.New).Select(c => Begin(c, frame)));

        foreach (ByteTrack track in missed.Concat(removed))
            track.Seen = false;
        removed.AddRange(_lost.Where(t => frame - t.LastFrame > profile.BufferFrames));
        _tracked = [.. _tracked.Where(t => t.Seen).Union(seen).Union(found)];

        // Tracks removed in this frame are barred from the next one on only, so a lost track has one more frame to be found.
        _lost = [.. _lost.Except(_tracked).Concat(missed).Where(t => !t.Barred)];
        Bar(removed);
        DropDuplicates();
        ended.AddRange(before.Except(_tracked).Except(_lost).Where(t => t.Id >= 0).Select(t => t.Id));
    }

    private int[] Pair(List<ByteTrack> tracks, Candidate[] candidates, bool fuse, double limit)
    {
        var cost = CostMatrix.Of(tracks.Count, candidates.Length, (t, d) =>
        {
            double overlap = tracks[t].Filter.Box.IoU(candidates[d].Box, profile.Pixel);
            return 1 - (fuse ? overlap * candidates[d].Score : overlap);
        });
        return profile.Clipped ? cost.SolveClipped(limit) : cost.SolveExtended(limit);
    }

    private static Candidate[] Unmatched(Candidate[] candidates, int[] match) =>
        [.. candidates.Where((_, i) => !match.Contains(i))];

    private void Update(
        List<ByteTrack> tracks, Candidate[] candidates, int[] match, long frame, List<ByteTrack> seen, List<ByteTrack> found)
    {
        for (int i = 0; i < match.Length; i++)
        {
            if (match[i] < 0)
                continue;
            ByteTrack track = tracks[i];
            bool again = !track.Seen;
            (again ? found : seen).Add(track);
            track.Update(candidates[match[i]], frame);
            if (again ? profile.ReactivationConfirms : track.Updates == profile.ConfirmingUpdates)
                Confirm(track);
        }
    }

    private ByteTrack Begin(Candidate first, long frame)
    {
        var track = new ByteTrack(profile.NewFilter(first.Box), frame, first) { Confirmed = frame == 1 };
        if (profile.IdsAtBirth)
            track.Id = ++_lastId;
        return track;
    }

    private void Confirm(ByteTrack track)
    {
        track.Confirmed = true;
        if (track.Id < 0)
            track.Id = ++_lastId;
    }

    private void Bar(List<ByteTrack> removed)
    {
        if (profile.ForgetsRemoved)
        {
            foreach (ByteTrack track in _barred)
                track.Barred = false;
            _barred = removed;
        }

        foreach (ByteTrack track in removed)
            track.Barred = true;
    }

    // Of a seen and a lost track in the same place the younger one goes; of two of one age, the seen one.
    private void DropDuplicates()
    {
        var dropped = new HashSet<ByteTrack>();
        foreach (ByteTrack seen in _tracked)
        {
            foreach (ByteTrack lost in _lost)
            {
                if (1 - seen.Filter.Box.IoU(lost.Filter.Box, profile.Pixel) < DuplicateDistance)
                    _ = dropped.Add(seen.Age > lost.Age ? lost : seen);
            }
        }

        if (dropped.Count == 0)
            return;
        _tracked = [.. _tracked.Where(t => !dropped.Contains(t))];
        _lost = [.. _lost.Where(t => !dropped.Contains(t))];
    }
}
