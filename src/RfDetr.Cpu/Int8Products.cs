namespace RfDetr.Cpu;

/// <summary>
/// The products that are computed from 8-bit integers: weights −127..127 with a scale for each output, activations of 8 or 7 bits
/// with scale and zero point for each row, int32 sums. All instruction sets compute the same integers.
/// </summary>
internal sealed record Int8Products
{
    /// <summary>Names of weights as the checkpoint has them; a product that was folded from any of these is in int8.</summary>
    public required IReadOnlySet<string> Weights { get; init; }

    /// <summary>
    /// Ranges of what these weights are multiplied with, by their names; a product without one takes each row's own.
    /// </summary>
    public IReadOnlyDictionary<string, ActivationRange> Ranges { get; init; } = new Dictionary<string, ActivationRange>();

    /// <summary>
    /// Bits of an activation: 8 (codes 0..255) or 7 (0..127). Processors with AVX2 or AVX-512 but without VNNI are quicker with
    /// 7, as then no pair of products is beyond 16 bits.
    /// </summary>
    public int ActivationBits { get; init; } = Int8Kernel.UsualBits;

    internal bool Has(IReadOnlyList<string> sources) => sources.Any(Weights.Contains);

    internal ActivationRange? RangeOf(IReadOnlyList<string> sources)
    {
        ActivationRange? range = null;
        foreach (string name in sources)
        {
            if (Ranges.TryGetValue(name, out ActivationRange known))
                range = range is { } other ? other.With(known) : known;
        }

        return range;
    }
}
