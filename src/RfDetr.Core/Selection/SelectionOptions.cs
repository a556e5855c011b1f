namespace RfDetr;

/// <summary>
/// Rules for which of the network's query × class logits are kept. Filters act on the best <see cref="NumSelect"/> pairs, which
/// are taken over all classes first, as the reference does: asking for one class never brings up pairs that were not among them.
/// </summary>
internal sealed record SelectionOptions
{
    /// <summary>For <see cref="ScoreThreshold"/>: keep all selected pairs, as COCO evaluation wants them.</summary>
    public const float NoThreshold = float.NegativeInfinity;

    /// <summary>Number of pairs that are taken before any filter; 300 for most variants. At least 1.</summary>
    public int NumSelect
    {
        get;
        init => field = value >= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(NumSelect), value, "At least one pair must be selected.");
    } = 300;

    /// <summary>Only scores strictly greater are kept; 0..1 or <see cref="NoThreshold"/>.</summary>
    public float ScoreThreshold
    {
        get;
        init => field = IsThreshold(value) ? value : throw BadThreshold(nameof(ScoreThreshold), value);
    } = 0.5f;

    /// <summary>One threshold per class logit in place of <see cref="ScoreThreshold"/>; empty (the default) for none.</summary>
    public ReadOnlyMemory<float> ClassThresholds
    {
        get;
        init
        {
            float lowest = float.PositiveInfinity;
            foreach (float threshold in value.Span)
                lowest = IsThreshold(threshold)
                    ? MathF.Min(lowest, threshold)
                    : throw BadThreshold(nameof(ClassThresholds), threshold);
            field = value;
            _lowestClassThreshold = lowest;
        }
    }

    /// <summary>One flag per class logit, true for those to keep; empty (the default) keeps all.</summary>
    public ReadOnlyMemory<bool> AllowedLabels { get; init; }

    private readonly float _lowestClassThreshold;

    /// <summary>A score at or below this passes no filter.</summary>
    internal float LowestThreshold => ClassThresholds.IsEmpty ? ScoreThreshold : _lowestClassThreshold;

    /// <summary>
    /// The most pairs that a selection from such an output can return: <c>min(NumSelect, queries · classes)</c>.
    /// </summary>
    public int MaxCount(int queries, int classes) => (int)Math.Min(NumSelect, (long)queries * classes);

    /// <summary>Checks what depends on the network's class count.</summary>
    internal void CheckClasses(int classes)
    {
        if (!ClassThresholds.IsEmpty && ClassThresholds.Length != classes)
            throw WrongLength(nameof(ClassThresholds), ClassThresholds.Length, classes);
        if (!AllowedLabels.IsEmpty && AllowedLabels.Length != classes)
            throw WrongLength(nameof(AllowedLabels), AllowedLabels.Length, classes);
    }

    private static bool IsThreshold(float value) => value is (>= 0 and <= 1) or NoThreshold;

    private static ArgumentOutOfRangeException BadThreshold(string name, float value) =>
        new(name, value, "A score threshold must lie in 0..1, or be NoThreshold.");

    private static ArgumentException WrongLength(string name, int length, int classes) =>
        new(
            $"{name} has {length} entries, but the network has {classes} class logits; give one entry per logit (or none).",
            name);
}
