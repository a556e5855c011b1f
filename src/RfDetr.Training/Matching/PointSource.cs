using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Source of the points at which masks are compared: points of the unit square instead of every pixel.</summary>
internal abstract class PointSource
{
    /// <summary>Points at which all masks are compared for matching: [2·count], x and y in turn, 0..1.</summary>
    public abstract float[] ForMatching(int count);

    /// <summary>Points at which the loss of each mask is computed.</summary>
    /// <param name="masks">[M, 1, h, w] logits; no gradient is kept.</param>
    /// <param name="count">Points P for each mask.</param>
    /// <param name="options">PointRend's numbers.</param>
    /// <returns>[M, P, (x, y)] or, if all masks share them, [1, P, (x, y)]; 0..1.</returns>
    public abstract TorchTensor ForLoss(TorchTensor masks, int count, LossOptions options);
}

/// <summary>
/// Random points, of libtorch's generators, so that their state resumes a run exactly. The loss's points follow PointRend (arXiv
/// 1912.08193): of several times as many candidates the most uncertain, and some at random.
/// </summary>
internal sealed class RandomPoints : PointSource
{
    /// <inheritdoc/>
    public override float[] ForMatching(int count)
    {
        using var scope = new TorchScope();
        return TorchTensor.Rand([count, 2], ScalarType.Float32).ToArray<float>();
    }

    /// <inheritdoc/>
    public override TorchTensor ForLoss(TorchTensor masks, int count, LossOptions options)
    {
        using var scope = new TorchScope();
        long rows = masks.Shape[0];
        int candidates = (int)(count * options.Oversampling), uncertain = (int)(count * options.UncertainShare);
        TorchTensor points = TorchTensor.Rand([rows, candidates, 2], masks.ScalarType, masks.Device);
        TorchTensor certainty = MaskSampling.At(masks, points).Abs();                                // [M, candidates]
        TorchTensor chosen = Aten.CallMany("aten::topk", certainty, uncertain, 1, false, false)[1];  // [M, uncertain]
        TorchTensor kept = points.Gather(1, chosen.Unsqueeze(2).Expand(rows, uncertain, 2));
        TorchTensor random = TorchTensor.Rand([rows, count - uncertain, 2], masks.ScalarType, masks.Device);
        return scope.Keep(TorchTensor.Cat([kept, random], 1));
    }
}
