using RfDetr.Cpu;

namespace RfDetr;

/// <summary>A quantization policy as our own engine takes it.</summary>
internal static class QuantizationProducts
{
    /// <summary>The products in int8; null for none.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="weights">All names of the checkpoint.</param>
    public static Int8Products? ToProducts(this QuantizationPolicy policy, IEnumerable<string> weights) =>
        !policy.IsActive ? null : new Int8Products
        {
            Weights = weights.Where(policy.Covers).ToHashSet(),
            ActivationBits = policy.ActivationBits,
            Ranges = policy.Activations == ActivationScales.Calibrated
                ? policy.Ranges
                : new Dictionary<string, ActivationRange>(),
        };
}
