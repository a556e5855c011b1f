namespace RfDetr.Tracking;

/// <summary>A track of roboflow/trackers, and what its SORT and its ByteTrack have in common.</summary>
internal sealed class CornerTrack(in BoxD box)
{
    private CornerFilter _filter = new(box);

    /// <summary>The reported id; <see cref="TrackIds.None"/> as long as none is drawn.</summary>
    public int Id { get; set; } = TrackIds.None;

    public BoxD Box => _filter.Box;

    public int Sightings { get; private set; } = 1;

    public int SinceUpdate { get; private set; }

    public void Predict()
    {
        _filter.Predict();
        SinceUpdate++;
    }

    public void Update(in BoxD box)
    {
        _filter.Correct(box);
        SinceUpdate = 0;
        Sightings++;
    }

    /// <summary>Pairs of greatest total IoU, of which those below the threshold are dropped.</summary>
    /// <returns>Per track its box, or −1.</returns>
    public static int[] Pair(IReadOnlyList<CornerTrack> tracks, IReadOnlyList<BoxD> boxes, double threshold)
    {
        var overlap = CostMatrix.Of(tracks.Count, boxes.Count, (t, d) => tracks[t].Box.IoU(boxes[d]));
        int[] boxOf = overlap.Negate().Solve();
        for (int t = 0; t < boxOf.Length; t++)
        {
            if (boxOf[t] >= 0 && overlap[t, boxOf[t]] < threshold)
                boxOf[t] = Assignment.None;
        }

        return boxOf;
    }

    /// <summary>Ends tracks that were missing for too long, and immature ones that were missing at all.</summary>
    public static void RemoveDead(List<CornerTrack> tracks, int matureSightings, int bufferFrames, List<int> ended)
    {
        bool IsDead(CornerTrack track) =>
            track.SinceUpdate >= bufferFrames || (track.SinceUpdate > 0 && track.Sightings < matureSightings);
        ended.AddRange(tracks.Where(t => t.Id >= 0 && IsDead(t)).Select(t => t.Id));
        _ = tracks.RemoveAll(IsDead);
    }
}
