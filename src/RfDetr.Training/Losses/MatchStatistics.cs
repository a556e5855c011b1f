using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Figures that rf-detr logs besides the losses; without gradients.</summary>
internal static class MatchStatistics
{
    /// <summary>Percent of the last layer's pairs whose best class is not the object's; 100 without objects. [1].</summary>
    public static TorchTensor ClassError(Predictions predictions, Matches matches, int[] labels)
    {
        PredictionSet last = predictions.Sets[0];
        int count = matches.CountOf(0);
        if (count == 0)
            return TorchTensor.Full([1], 100, last.Logits.ScalarType, last.Logits.Device);
        TorchTensor rows = last.Logits.Reshape(-1, predictions.ClassLogits).IndexSelect(0, matches.Queries.Narrow(0, 0, count));
        TorchTensor wanted =
            TorchTensor.From<long>([.. matches.TargetIndexes.Take(count).Select(t => (long)labels[t])], [count, 1], rows.Device);
        TorchTensor right = rows.Gather(1, wanted).Ge(rows.Amax(1, true)).To(rows.ScalarType);
        return 100.0 - right.Mean().Reshape(1) * 100.0;
    }

    /// <summary>Mean difference between an image's objects and its queries whose best class is not the last logit: [S].</summary>
    public static TorchTensor CardinalityError(Predictions predictions, BatchTargets targets)
    {
        TorchTensor wanted = TorchTensor.From<double>(
            [.. targets.Counts.Select(n => (double)n)], [targets.Counts.Length], predictions.Boxes.Device)
            .To(predictions.Boxes.ScalarType);
        return TorchTensor.Stack([.. predictions.Sets.Select(s => (Found(s.Logits) - wanted).Abs().Mean())], 0);
    }

    // A maximum over the others costs a fraction of what libtorch's argmax does. Of equal logits the first counts, as argmax has
    // it.
    private static TorchTensor Found(TorchTensor logits)
    {
        long last = logits.Shape[2] - 1;
        if (last == 0)
            return logits.Select(2, 0).Sum(1, false) * 0.0;
        return logits.Narrow(2, 0, last).Amax(2, false).Ge(logits.Select(2, last)).To(logits.ScalarType).Sum(1, false);
    }
}
