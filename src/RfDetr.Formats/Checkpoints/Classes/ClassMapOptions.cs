namespace RfDetr.Checkpoints;

/// <summary>The caller's statements about the classes of a checkpoint; they override anything in the file.</summary>
internal sealed record ClassMapOptions
{
    /// <summary>Names in order; null: take the file's.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Label of the first name: 0 (rf-detr ≥ 1.9.2) or 1 (before); null: by the rule.</summary>
    public int? ClassOffset { get; init; }
}
