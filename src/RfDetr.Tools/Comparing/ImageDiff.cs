namespace RfDetr.Tools;

/// <summary>An object that both models found.</summary>
/// <param name="A">As A found it.</param>
/// <param name="B">As B found it.</param>
/// <param name="IoU">Overlap of the boxes.</param>
/// <param name="MaskIoU">Overlap of the masks; null unless both have one.</param>
public sealed record MatchedDetection(Detection A, Detection B, float IoU, double? MaskIoU)
{
    /// <summary>Score of B minus score of A.</summary>
    public float ScoreShift => B.Score - A.Score;

    /// <summary>Mean distance of the four edges in pixels.</summary>
    public float BoxShift
    {
        get
        {
            (BoxXyxy p, BoxXyxy q) = (A.Box, B.Box);
            return (MathF.Abs(p.X1 - q.X1) + MathF.Abs(p.Y1 - q.Y1) + MathF.Abs(p.X2 - q.X2) + MathF.Abs(p.Y2 - q.Y2)) / 4;
        }
    }
}

/// <summary>An object that only one model found.</summary>
/// <param name="Found">As that model found it.</param>
/// <param name="OtherScore">
/// Score of the same object in the other model if that saw it, but not above the threshold; null if it did not.
/// </param>
public sealed record UnmatchedDetection(Detection Found, float? OtherScore);

/// <summary>One image in both models.</summary>
/// <param name="File">The image.</param>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Matched">Found by both.</param>
/// <param name="Lost">Found by A only.</param>
/// <param name="New">Found by B only.</param>
public sealed record ImageDiff(
    string File, int Width, int Height, IReadOnlyList<MatchedDetection> Matched, IReadOnlyList<UnmatchedDetection> Lost,
    IReadOnlyList<UnmatchedDetection> New)
{
    /// <summary>
    /// Size of the difference of the models on this image, for ranking: the scores of what only one found (less what the other
    /// saw below the threshold), and of matches the change of score and what their boxes do not share.
    /// </summary>
    public double Severity =>
        Lost.Concat(New).Sum(u =>
            (double)u.Found.Score - (u.OtherScore ?? 0)) + Matched.Sum(m => Math.Abs((double)m.ScoreShift) + 1 - m.IoU);
}

/// <summary>One class over all images; means are null where nothing was matched.</summary>
/// <param name="Name">The class.</param>
/// <param name="Matched">Objects found by both.</param>
/// <param name="Lost">Objects found by A only.</param>
/// <param name="LostBelow">Those of the lost that B saw below the threshold.</param>
/// <param name="New">Objects found by B only.</param>
/// <param name="NewBelow">Those of the new that A saw below the threshold.</param>
/// <param name="ScoreShift">Mean of the score in B minus that in A.</param>
/// <param name="ScoreChange">Mean of its size.</param>
/// <param name="IoU">Mean overlap of the boxes.</param>
/// <param name="BoxShift">Mean distance of the boxes' edges in pixels.</param>
/// <param name="MaskIoU">Mean overlap of the masks; null without masks.</param>
public sealed record ClassDiff(
    string Name, int Matched, int Lost, int LostBelow, int New, int NewBelow,
    double? ScoreShift, double? ScoreChange, double? IoU, double? BoxShift, double? MaskIoU)
{
    /// <summary>Sums up one class of some images, or all of them.</summary>
    internal static ClassDiff Of(string name, IEnumerable<ImageDiff> images, Func<Detection, bool> belongs)
    {
        ImageDiff[] all = [.. images];
        MatchedDetection[] matched = [.. all.SelectMany(p => p.Matched).Where(m => belongs(m.A))];
        UnmatchedDetection[] lost = [.. all.SelectMany(p => p.Lost).Where(u => belongs(u.Found))];
        UnmatchedDetection[] found = [.. all.SelectMany(p => p.New).Where(u => belongs(u.Found))];
        double? Mean(Func<MatchedDetection, double?> value) => matched.Average(value);
        return new(
            name, matched.Length, lost.Length, lost.Count(u => u.OtherScore is not null), found.Length,
            found.Count(u => u.OtherScore is not null),
            Mean(m => m.ScoreShift), Mean(m => Math.Abs(m.ScoreShift)), Mean(m => m.IoU), Mean(m => m.BoxShift),
            Mean(m => m.MaskIoU));
    }
}
