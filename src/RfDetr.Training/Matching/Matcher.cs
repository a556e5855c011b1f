using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Matches queries with objects at least cost, for every set of predictions, image and group by itself. Costs of all of them are
/// computed on the device together and copied to the host once; the assignments are solved there side by side.
/// </summary>
internal sealed class Matcher(MatchOptions options)
{
    /// <summary>Finds the pairs.</summary>
    /// <param name="predictions">Sets of predictions.</param>
    /// <param name="targets">The objects.</param>
    /// <param name="groups">Query groups G; each set's queries are G groups in a row.</param>
    /// <param name="points">Source of the points at which masks are compared.</param>
    public Matches Match(Predictions predictions, BatchTargets targets, int groups, PointSource points)
    {
        Device device = predictions.Boxes.Device;
        if (targets.Total == 0)
            return new(
                [], [], [], [.. predictions.Sets.Select(_ => new int[predictions.Batch])], predictions.Boxes.ScalarType, device);
        double[] costs;
        using (new TorchScope())
        using (TorchRuntime.NoGrad())
            costs = Costs(predictions, targets, points).To(ScalarType.Float64).ToArray<double>();
        return Solve(costs, predictions, targets, groups, device);
    }

    // [B, most objects, all queries]: objects as rows, so that the solver's rows are its fewer side and lie together.
    private TorchTensor Costs(Predictions predictions, BatchTargets targets, PointSource points)
    {
        TorchTensor cost = ClassCost(predictions, targets) + BoxCost(predictions, targets);
        if (targets.Masks is { } masks && predictions.Sets[0].Masks is not null)
            cost += MaskCost.Of(predictions, targets, masks, options, points);
        return cost;
    }

    // Focal cost at the objects' labels only, not at all classes.
    private TorchTensor ClassCost(Predictions predictions, BatchTargets targets)
    {
        // [B, 1, T]
        TorchTensor labels = targets.PaddedLabels.Unsqueeze(1);
        TorchTensor x = TorchTensor.Cat(
            // [B, T, N]
            [.. predictions.Sets.Select(s => s.Logits.Gather(2, labels.Expand(predictions.Batch, s.Queries, targets.Most)))],
            1).Transpose(1, 2).Contiguous();
        (TorchTensor p, TorchTensor logP) = (x.Sigmoid(), x.LogSigmoid());
        TorchTensor logNotP = logP - x;
        TorchTensor notP = 1.0 - p;
        return p * p * logNotP * (
            options.ClassWeight * (1 - options.FocalAlpha)) - notP * notP * logP * (options.ClassWeight * options.FocalAlpha);
    }

    private TorchTensor BoxCost(Predictions predictions, BatchTargets targets)
    {
        // [B, 4, N]
        TorchTensor columns = predictions.Boxes.Transpose(1, 2).Contiguous();
        // [B, 1, N] each
        TorchTensor[] found = [.. Enumerable.Range(0, 4).Select(i => columns.Narrow(1, i, 1))];
        // [B, T, 1] each
        TorchTensor[] wanted = [.. Enumerable.Range(0, 4).Select(i => targets.PaddedBoxes.Narrow(2, i, 1))];
        TorchTensor distance = (found[0] - wanted[0])
            .Abs() + (found[1] - wanted[1]).Abs() + (found[2] - wanted[2]).Abs() + (found[3] - wanted[3]).Abs();
        TorchTensor giou = Corners.Of(found[0], found[1], found[2], found[3]).Compare(
            Corners.Of(wanted[0], wanted[1], wanted[2], wanted[3])).GIoU;
        return distance * options.BoxWeight - giou * options.GIoUWeight;
    }

    private static Matches Solve(double[] costs, Predictions predictions, BatchTargets targets, int groups, Device device)
    {
        (int batch, int sets, int all, int most) = (predictions.Batch, predictions.Sets.Count, predictions.Queries, targets.Most);
        var queryOf = new int[sets * batch * groups][];
        _ = Parallel.For(0, queryOf.Length, problem =>
        {
            (int set, int image, int group) = (problem / (batch * groups), problem / groups % batch, problem % groups);
            int perGroup = predictions.Sets[set].Queries / groups, count = targets.Counts[image];
            var columns = new int[count];
            if (count > 0)
            {
                Span<double> block = costs.AsSpan(
                    image * most * all + predictions.Sets[set].First + group * perGroup, (count - 1) * all + perGroup);
                Assignment.ReplaceNotFinite(block, count, perGroup, all);
                Assignment.Solve(block, count, perGroup, all, columns);
            }

            queryOf[problem] = columns;
        });
        return Collect(queryOf, predictions, targets, groups, device);
    }

    private static Matches Collect(int[][] queryOf, Predictions predictions, BatchTargets targets, int groups, Device device)
    {
        (List<long> queries, List<long> allQueries, List<long> wanted) = ([], [], []);
        var pairs = new int[predictions.Sets.Count][];
        for (int problem = 0, set = 0; set < pairs.Length; set++)
        {
            PredictionSet predicted = predictions.Sets[set];
            pairs[set] = new int[predictions.Batch];
            for (int image = 0, first = 0; image < predictions.Batch; first += targets.Counts[image++])
            {
                int before = wanted.Count;
                for (int group = 0; group < groups; group++, problem++)
                {
                    for (int i = 0; i < queryOf[problem].Length; i++)
                    {
                        if (queryOf[problem][i] == Assignment.None)
                            continue; // more objects than queries
                        int query = group * (predicted.Queries / groups) + queryOf[problem][i];
                        queries.Add((long)image * predicted.Queries + query);
                        allQueries.Add((long)image * predictions.Queries + predicted.First + query);
                        wanted.Add(first + i);
                    }
                }

                pairs[set][image] = wanted.Count - before;
            }
        }

        return new([.. queries], [.. allQueries], [.. wanted], pairs, predictions.Boxes.ScalarType, device);
    }
}

/// <summary>Weights of the matching cost; defaults are rf-detr's.</summary>
internal sealed record MatchOptions
{
    /// <summary>Weight of the focal class cost.</summary>
    public double ClassWeight { get; init; } = 2;

    /// <summary>Weight of the L1 distance of boxes (cx, cy, w, h).</summary>
    public double BoxWeight { get; init; } = 5;

    /// <summary>Weight of −GIoU.</summary>
    public double GIoUWeight { get; init; } = 2;

    /// <summary>Weight of the masks' cross-entropy.</summary>
    public double MaskCrossEntropyWeight { get; init; } = 5;

    /// <summary>Weight of the masks' dice distance.</summary>
    public double MaskDiceWeight { get; init; } = 5;

    /// <summary>α of the focal class cost, in [0, 1].</summary>
    public double FocalAlpha { get; init; } = 0.25;

    /// <summary>Mask pixels per point at which masks are compared, ≥ 1.</summary>
    public int MaskPixelsPerPoint { get; init; } = 16;
}
