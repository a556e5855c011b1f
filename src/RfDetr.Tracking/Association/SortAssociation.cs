namespace RfDetr.Tracking;

/// <summary>
/// The association of SORT and OC-SORT: pairs of greatest total similarity among all, of which those with too little overlap are
/// rejected afterwards. The order of what stays free is part of it, because new tracks are numbered in that order.
/// </summary>
internal sealed class SortAssociation
{
    private SortAssociation(List<(int Detection, int Track)> matches, List<int> freeDetections, List<int> freeTracks) =>
        (Matches, FreeDetections, FreeTracks) = (matches, freeDetections, freeTracks);

    /// <summary>Accepted pairs, by detection.</summary>
    public List<(int Detection, int Track)> Matches { get; }

    /// <summary>Detections without a track: those never paired, ascending, then those whose pair was rejected.</summary>
    public List<int> FreeDetections { get; private set; }

    /// <summary>Tracks without a detection, in the corresponding order.</summary>
    public List<int> FreeTracks { get; private set; }

    /// <summary>Associates detections (rows) with tracks (columns).</summary>
    /// <param name="overlap">IoU of each pair.</param>
    /// <param name="bonus">Added to the IoU when the best pairing is sought, not when pairs are rejected; null for none.</param>
    /// <param name="threshold">Pairs with a smaller IoU are rejected.</param>
    public static SortAssociation Of(CostMatrix overlap, CostMatrix? bonus, double threshold)
    {
        int[] trackOf = OnlyCandidates(overlap, threshold)
            ?? CostMatrix.Of(overlap.Rows, overlap.Columns, (r, c) => -(overlap[r, c] + (bonus?[r, c] ?? 0))).Solve();
        var matches = new List<(int, int)>();
        var rejected = new List<(int Detection, int Track)>();
        bool[] taken = new bool[overlap.Columns];
        for (int d = 0; d < trackOf.Length; d++)
        {
            if (trackOf[d] < 0)
                continue;
            taken[trackOf[d]] = true;
            (overlap[d, trackOf[d]] < threshold ? rejected : matches).Add((d, trackOf[d]));
        }

        return new SortAssociation(
            matches,
            [.. Enumerable.Range(0, overlap.Rows).Where(d => trackOf[d] < 0), .. rejected.Select(r => r.Detection)],
            [.. Enumerable.Range(0, overlap.Columns).Where(t => !taken[t]), .. rejected.Select(r => r.Track)]);
    }

    /// <summary>
    /// Pairs what is still free by another overlap, if any pair exceeds the threshold; the free ones are in ascending order
    /// afterwards.
    /// </summary>
    /// <param name="overlap">
    /// IoU of free detections (rows, in the order of <paramref name="detections"/>) with free tracks (columns).
    /// </param>
    /// <param name="detections">The detection of each row; changed where they are this association's own.</param>
    /// <param name="threshold">Pairs with a smaller IoU are rejected.</param>
    /// <param name="ownDetections">True if rows are <see cref="FreeDetections"/>; otherwise they are a set of their own.</param>
    /// <returns>The new pairs.</returns>
    public List<(int Detection, int Track)> Again(
        CostMatrix overlap, IReadOnlyList<int> detections, double threshold, bool ownDetections)
    {
        var found = new List<(int Detection, int Track)>();
        if (!(overlap.Max() > threshold))
            return found;
        int[] columnOf = overlap.Negate().Solve();
        for (int r = 0; r < columnOf.Length; r++)
        {
            if (columnOf[r] >= 0 && overlap[r, columnOf[r]] >= threshold)
                found.Add((detections[r], FreeTracks[columnOf[r]]));
        }

        FreeTracks = [.. FreeTracks.Except(found.Select(f => f.Track)).Order()];
        if (ownDetections)
            FreeDetections = [.. FreeDetections.Except(found.Select(f => f.Detection)).Order()];
        return found;
    }

    // If every overlap above the threshold is the only one of its row and column, these are the pairs and nothing needs solving.
    private static int[]? OnlyCandidates(CostMatrix overlap, double threshold)
    {
        var trackOf = new int[overlap.Rows];
        trackOf.AsSpan().Fill(Assignment.None);
        bool any = false;
        var taken = new bool[overlap.Columns];
        for (int d = 0; d < overlap.Rows; d++)
        {
            for (int t = 0; t < overlap.Columns; t++)
            {
                if (!(overlap[d, t] > threshold))
                    continue;
                if (trackOf[d] >= 0 || taken[t])
                    return null;
                (trackOf[d], taken[t], any) = (t, true, true);
            }
        }

        return any ? trackOf : null;
    }
}
