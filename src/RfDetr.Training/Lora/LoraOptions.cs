namespace RfDetr.Training;

/// <summary>Low-rank adapters (arXiv 2106.09685) on the encoder's attention; defaults are rf-detr's.</summary>
internal sealed record LoraOptions
{
    /// <summary>Rank r, ≥ 1.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The product of the adapters is scaled by this over the rank.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>True for DoRA (arXiv 2402.09353): rows keep a learnt length, adapters turn them.</summary>
    public bool LearnMagnitudes { get; init; } = true;

    /// <summary>Checks the ranges; returns itself.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public LoraOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Rank, 1, nameof(Rank));
        if (!double.IsFinite(Alpha) || Alpha <= 0)
            throw new ArgumentException(FormattableString.Invariant($"LoRA's alpha is {Alpha}, must be above 0"));
        return this;
    }
}
