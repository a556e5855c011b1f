using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>When two models agree on an object.</summary>
public sealed record DiffOptions
{
    /// <summary>Only scores above it count as found; 0..1.</summary>
    public float ScoreThreshold { get; init; } = 0.5f;

    /// <summary>Boxes of one class that overlap at least so much are the same object; more than 0, at most 1.</summary>
    public float MinIoU { get; init; } = 0.5f;

    /// <summary>
    /// Distance below the threshold within which the other model is searched for an object that it did not report; 0..1.
    /// </summary>
    public float BelowMargin { get; init; } = 0.3f;

    internal void Validate()
    {
        var wrong = new List<string>();
        if (!(ScoreThreshold is >= 0 and <= 1))
            wrong.Add(Text($"{nameof(ScoreThreshold)} is {ScoreThreshold}, expected 0..1"));
        if (!(MinIoU is > 0 and <= 1))
            wrong.Add(Text($"{nameof(MinIoU)} is {MinIoU}, expected more than 0 and at most 1"));
        if (!(BelowMargin is >= 0 and <= 1))
            wrong.Add(Text($"{nameof(BelowMargin)} is {BelowMargin}, expected 0..1"));
        if (wrong.Count > 0)
            throw new ArgumentException("diff options: " + string.Join("; ", wrong));
    }
}
