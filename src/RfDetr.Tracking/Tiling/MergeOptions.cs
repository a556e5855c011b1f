namespace RfDetr.Tracking;

/// <summary>The way in which detections of overlapping tiles become one.</summary>
public enum MergeRule
{
    /// <summary>Non-maximum suppression: of overlapping detections the one with the best score stays as it is.</summary>
    Suppress,

    /// <summary>
    /// Non-maximum merging: what overlaps the best detection is merged with it, boxes with its box, masks with what has grown so
    /// far (supervision's rule).
    /// </summary>
    Merge,

    /// <summary>
    /// Non-maximum merging where what overlaps a merged detection is merged, too: chains become one (SAHI's <c>NMM</c>).
    /// </summary>
    MergeChains,
}

/// <summary>The measure of overlap.</summary>
public enum OverlapMeasure
{
    /// <summary>Intersection over union: halves of an object stay apart.</summary>
    IoU,

    /// <summary>
    /// Intersection over the smaller area: joins halves and inner parts, but swallows a small object in front of a large one of
    /// its class.
    /// </summary>
    IoS,
}

/// <summary>The score of merged detections.</summary>
public enum MergedScore
{
    /// <summary>The best of them (SAHI).</summary>
    Highest,

    /// <summary>The mean weighted with box areas, pair by pair in descending order of score (supervision).</summary>
    AreaWeighted,
}

/// <summary>Settings of a <see cref="TileMerger"/>.</summary>
public sealed record MergeOptions
{
    /// <summary>The treatment of overlapping detections.</summary>
    public MergeRule Rule { get; init; } = MergeRule.Merge;

    /// <summary>The measure of overlap.</summary>
    public OverlapMeasure Measure { get; init; } = OverlapMeasure.IoS;

    /// <summary>
    /// The overlap from which detections belong together; 0..1. <see cref="MergeRule.Suppress"/> needs more than this, the others
    /// at least this.
    /// </summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>True if detections of different classes can belong together.</summary>
    public bool ClassAgnostic { get; init; }

    /// <summary>The score of merged detections.</summary>
    public MergedScore Score { get; init; } = MergedScore.Highest;

    /// <summary>
    /// Before merging, whether a detection that an inner border of its tile cuts is dropped where an overlapping tile (or the
    /// whole image) has an uncut one of the same object.
    /// </summary>
    public bool DropCutAtSeams { get; init; } = true;

    /// <summary>Distance from a tile's border, in pixels, that counts as touching it; ≥ 0.</summary>
    public double SeamMargin { get; init; } = 2;

    internal void Validate() => new OptionProblems(nameof(MergeOptions))
        .Defined(nameof(Rule), Rule)
        .Defined(nameof(Measure), Measure)
        .Between(nameof(Threshold), Threshold, 0, 1)
        .Defined(nameof(Score), Score)
        .AtLeast(nameof(SeamMargin), SeamMargin, 0)
        .Throw();
}
