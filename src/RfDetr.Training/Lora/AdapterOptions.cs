namespace RfDetr.Training;

/// <summary>Kinds of low-rank adapters.</summary>
public enum AdapterKind
{
    /// <summary>None: the encoder's own weights are trained.</summary>
    None,

    /// <summary>LoRA (arXiv 2106.09685): a product of two narrow matrices is added to each weight.</summary>
    Lora,

    /// <summary>DoRA (arXiv 2402.09353): as LoRA, and each row of the sum keeps a learnt length.</summary>
    Dora,
}

/// <summary>Low-rank adapters on the encoder's attention, trained in the encoder's place; defaults are rf-detr's.</summary>
public sealed record AdapterOptions
{
    /// <summary>Kind of the adapters.</summary>
    public AdapterKind Kind { get; init; } = AdapterKind.None;

    /// <summary>Rank r, ≥ 1.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The product of the adapters is scaled by this over the rank; null for the rank itself.</summary>
    internal double? Alpha { get; init; }

    /// <summary>Factor on the product of the adapters.</summary>
    internal double Scale => (Alpha ?? Rank) / Rank;

    /// <summary>Checks the ranges; returns itself.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal AdapterOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Rank, 1, nameof(Rank));
        if (Alpha is { } alpha && (!double.IsFinite(alpha) || alpha <= 0))
            throw new ArgumentException(Invariant.Text($"LoRA's alpha is {alpha}, must be above 0"));
        return this;
    }
}
