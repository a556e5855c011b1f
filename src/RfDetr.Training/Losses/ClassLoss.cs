using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// The four classification losses. Each is a sum over all queries and classes as if nothing were matched, plus a correction at
/// the matched pairs; so no tensor of targets is made. x is a logit, p its probability.
/// </summary>
internal sealed class ClassLoss(LossOptions options)
{
    private const double Threshold = 40; // of softplus: beyond it the exponential is below float64's last digit of x

    private double Alpha => options.FocalAlpha;

    /// <summary>The loss of each set, not divided by the number of objects: [S].</summary>
    /// <param name="predictions">Sets of predictions.</param>
    /// <param name="matches">The pairs.</param>
    /// <param name="labels">[T] on the host: label of each object.</param>
    /// <param name="iou">[M]: IoU of each pair, without gradient.</param>
    public TorchTensor PerSet(Predictions predictions, Matches matches, int[] labels, TorchTensor iou)
    {
        TorchTensor? weights = LogitWeights(predictions);
        TorchTensor unmatched = TorchTensor.Stack([.. predictions.Sets.Select(s => Unmatched(s.Logits, weights))], 0); // [S]
        if (matches.Count == 0)
            return unmatched;
        TorchTensor x = MatchedLogits(predictions, matches, labels);                                                  // [M]
        TorchTensor target = options.Kind == ClassLossKind.PositionSupervised ? RelativeToImage(iou, matches) : iou;
        TorchTensor correction = Matched(x, target) - Dense(x);
        if (weights is not null)
            correction *= weights.IndexSelect(
                0, TorchTensor.From<long>([.. matches.TargetIndexes.Select(t => (long)labels[t])], [matches.Count], x.Device));
        return unmatched + matches.SumBySet(correction);
    }

    /// <summary>The logits of the matched pairs at their labels, [M].</summary>
    public static TorchTensor MatchedLogits(Predictions predictions, Matches matches, int[] labels)
    {
        int classes = predictions.ClassLogits;
        var parts = new TorchTensor[predictions.Sets.Count];
        for (int set = 0, start = 0; set < parts.Length; start += matches.CountOf(set), set++)
        {
            var at = new long[matches.CountOf(set)];
            for (int i = 0; i < at.Length; i++)
                at[i] = matches.QueryIndexes[start + i] * classes + labels[matches.TargetIndexes[start + i]];
            TorchTensor logits = predictions.Sets[set].Logits;
            parts[set] = logits.Reshape(-1).IndexSelect(0, TorchTensor.From<long>(at, [at.Length], logits.Device));
        }

        return TorchTensor.Cat(parts, 0);
    }

    private TorchTensor Unmatched(TorchTensor logits, TorchTensor? weights)
    {
        TorchTensor loss = Dense(logits);
        return weights is null ? loss.Sum() : (loss * weights).Sum();
    }

    // p²·(−log(1 − p)): what a logit costs that is not matched; focal variants weigh it with 1 − α.
    private TorchTensor Dense(TorchTensor x)
    {
        TorchTensor p = x.Sigmoid();
        TorchTensor loss = p * p * Softplus(x);
        return options.Kind == ClassLossKind.IouAware ? loss : loss * (1 - Alpha);
    }

    private TorchTensor Matched(TorchTensor x, TorchTensor iou)
    {
        TorchTensor p = x.Sigmoid(), softplus = Softplus(-x);                              // −log p
        switch (options.Kind)
        {
            case ClassLossKind.Focal:
                TorchTensor missing = 1.0 - p;
                return missing * missing * softplus * Alpha;
            case ClassLossKind.Varifocal:
                return TorchTensor.Where(
                    iou.Gt(0), Entropy(x, softplus, iou) * iou, NothingToFind(x, p, softplus, iou, 1 - Alpha));
            case ClassLossKind.PositionSupervised:
                TorchTensor alpha = iou.Gt(0).To(x.ScalarType) * (2 * Alpha - 1) + (1 - Alpha);
                TorchTensor distance = iou - p;
                return alpha * distance * distance * Entropy(x, softplus, iou);
            default:
                TorchTensor t = (p.Detach().Pow(Alpha) * iou.Pow(1 - Alpha)).Clamp(0.01, null);
                return (1.0 - t) * x + softplus;                                           // t·(−log p) + (1 − t)·(−log(1 − p))
        }
    }

    private static TorchTensor NothingToFind(TorchTensor x, TorchTensor p, TorchTensor softplus, TorchTensor iou, double weight)
    {
        TorchTensor distance = p - iou;
        return distance * distance * Entropy(x, softplus, iou) * weight;
    }

    // Cross-entropy with target t: (1 − t)·x − log p.
    private static TorchTensor Entropy(TorchTensor x, TorchTensor softplus, TorchTensor target) => (1.0 - target) * x + softplus;

    private static TorchTensor Softplus(TorchTensor x) => Aten.Call("aten::softplus", x, 1.0, Threshold);

    // Divides by the largest IoU among the pairs of the same set and image.
    private static TorchTensor RelativeToImage(TorchTensor iou, Matches matches)
    {
        int[] counts = [.. matches.Pairs.SelectMany(p => p)];
        TorchTensor[] parts = new TorchTensor[counts.Count(c => c > 0)];
        for (int i = 0, at = 0, part = 0; i < counts.Length; at += counts[i++])
        {
            if (counts[i] == 0)
                continue;
            TorchTensor own = iou.Narrow(0, at, counts[i]);
            parts[part++] = own / (own.Max() + 1e-8);
        }

        return TorchTensor.Cat(parts, 0);
    }

    private TorchTensor? LogitWeights(Predictions predictions)
    {
        if (options.LogitWeights is not { } weights)
            return null;
        if (weights.Count != predictions.ClassLogits)
            throw new ArgumentException(
                $"there are {weights.Count} weights of logits; the class head has {predictions.ClassLogits} logits");
        return TorchTensor.From<float>([.. weights], [weights.Count], predictions.Boxes.Device).To(predictions.Boxes.ScalarType);
    }
}
