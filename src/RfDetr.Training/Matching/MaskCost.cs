using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// The masks' part of the matching cost. Features are sampled before they are multiplied with the queries (sampling and product
/// commute), so that a set costs B·N·S numbers instead of B·N·h·w; cross-entropy and dice of all pairs are then one product each.
/// </summary>
internal static class MaskCost
{
    /// <summary>[B, most objects, all queries].</summary>
    public static TorchTensor Of(
        Predictions predictions, BatchTargets targets, PackedMasks masks, MatchOptions options, PointSource points)
    {
        using var scope = new TorchScope();
        TorchTensor features = predictions.Sets[0].Masks!.Features;
        int count = Math.Max(1, (int)(features.Shape[1] * features.Shape[2] / options.MaskPixelsPerPoint));
        float[] at = points.ForMatching(count);
        TorchTensor places = TorchTensor.From<float>(at, [1, count, 2], features.Device).To(features.ScalarType);
        // [B, T, S]
        TorchTensor wanted = masks.Sample(targets.PaddedIndexes, places).Reshape(predictions.Batch, targets.Most, count);
        return scope.Keep(TorchTensor.Cat([.. predictions.Sets.Select(set => OfSet(set.Masks!, wanted, at, options))], 2));
    }

    private static TorchTensor OfSet(MaskParts parts, TorchTensor wanted, float[] at, MatchOptions options)
    {
        using var scope = new TorchScope();
        TorchTensor sampled = MaskSampling.Common(parts.Features, at);                                    // [B, S, d]
        TorchTensor x = sampled.MatMul(parts.Queries.Transpose(1, 2)) + parts.Bias;                       // [B, S, N]
        TorchTensor p = x.Sigmoid();
        long count = x.Shape[1];

        // Cross-entropy with target t is softplus(x) − t·x.
        TorchTensor entropy = (x.Softplus().Sum(1, true) - wanted.MatMul(x)) * (options.MaskCrossEntropyWeight / count);
        TorchTensor overlap = wanted.MatMul(p) * 2.0 + 1.0, size = p.Sum(1, true) + wanted.Sum(2, true) + 1.0;
        return scope.Keep(entropy + (1.0 - overlap / size) * options.MaskDiceWeight);
    }
}
