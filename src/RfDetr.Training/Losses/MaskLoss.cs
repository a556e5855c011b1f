using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Cross-entropy and dice of the matched masks at points (PointRend). Only matched masks are multiplied out, image by image.
/// </summary>
internal static class MaskLoss
{
    /// <summary>Both losses of each set, not divided by the number of objects: [S] each.</summary>
    public static (TorchTensor CrossEntropy, TorchTensor Dice) PerSet(
        Predictions predictions, Matches matches, PackedMasks masks, PointSource source, LossOptions options)
    {
        if (matches.Count == 0)
            return Nothing(predictions);
        TorchTensor logits = Matched(predictions, matches);                                               // [M, 1, h, w]
        (long height, long width) = (logits.Shape[2], logits.Shape[3]);
        int count = (int)Math.Max(height, height * width / options.MaskPixelsPerPoint);
        TorchTensor points, wanted;
        using (TorchRuntime.NoGrad())
        {
            points = source.ForLoss(logits.Detach(), count, options).Expand(logits.Shape[0], count, 2);    // [M, P, 2]
            wanted = masks.Sample(matches.Targets, points);                                               // [M, P]
        }

        TorchTensor x = MaskSampling.At(logits, points), p = x.Sigmoid();                                 // [M, P]
        TorchTensor entropy = (x.Softplus() - x * wanted).Mean(1, false);
        TorchTensor dice = 1.0 - ((p * wanted).Sum(1, false) * 2.0 + 1.0) / (p.Sum(1, false) + wanted.Sum(1, false) + 1.0);
        return (matches.SumBySet(entropy), matches.SumBySet(dice));
    }

    /// <summary>The matched masks of all sets, [M, 1, h, w].</summary>
    public static TorchTensor Matched(Predictions predictions, Matches matches)
    {
        var masks = new List<TorchTensor>();
        for (int set = 0; set < predictions.Sets.Count; set++)
        {
            MaskParts parts = predictions.Sets[set].Masks!;
            long width = parts.Queries.Shape[2];
            TorchTensor chosen = parts.Queries.Reshape(-1, width).IndexSelect(
                0, matches.Queries.Narrow(0, matches.Start(set), matches.CountOf(set)));

            // split and unbind, not slices: their gradients are joined in one piece instead of one zero-filled tensor for each
            // image.
            TorchTensor[] queries = chosen.Split([.. matches.Pairs[set].Select(n => (long)n)]);
            TorchTensor[] features = parts.Features.Unbind();
            for (int image = 0; image < queries.Length; image++)
            {
                if (matches.Pairs[set][image] > 0)
                    masks.Add(queries[image].MatMul(features[image].Reshape(-1, width).Transpose(0, 1))); // [m, h·w]
            }
        }

        TorchTensor shape = predictions.Sets[0].Masks!.Features;
        return (TorchTensor.Cat([.. masks], 0) + predictions.Sets[0].Masks!.Bias).Reshape(-1, 1, shape.Shape[1], shape.Shape[2]);
    }

    // Zero with a path to the head's tensors: every rank has the same gradients to average.
    private static (TorchTensor CrossEntropy, TorchTensor Dice) Nothing(Predictions predictions)
    {
        TorchTensor[] zeros =
        [
            .. predictions.Sets.Select(s => (s.Masks!.Features.Sum() + s.Masks.Queries.Sum() + s.Masks.Bias.Sum()) * 0.0)
        ];
        TorchTensor zero = TorchTensor.Stack(zeros, 0);
        return (zero, zero);
    }
}
