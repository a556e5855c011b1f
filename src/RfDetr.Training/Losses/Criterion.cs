using RfDetr.Model;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// The training loss of RF-DETR: matching, then class, box and mask losses of every set of predictions, averaged over query
/// groups.
/// </summary>
internal sealed class Criterion
{
    private readonly LossOptions _options;
    private readonly Matcher _matcher;
    private readonly ClassLoss _classes;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public Criterion(LossOptions options, MatchOptions? matching = null)
    {
        _options = options.Validated();
        _matcher = new Matcher(matching ?? new MatchOptions());
        _classes = new ClassLoss(options);
    }

    /// <summary>Computes the loss.</summary>
    /// <param name="output">All decoder layers' predictions, and the two-stage step's if it was asked for, on libtorch.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="context">The step.</param>
    /// <exception cref="ArgumentException">The targets do not fit the predictions.</exception>
    public LossResult Compute(NetworkOutput output, IReadOnlyList<Target> targets, LossContext context) =>
        Compute(Predictions.Of(output), targets, context);

    /// <summary>Computes the loss of predictions that are unwrapped already.</summary>
    public LossResult Compute(Predictions predictions, IReadOnlyList<Target> targets, LossContext context)
    {
        bool hasMasks = predictions.Sets[0].Masks is not null;
        if (targets.Count != predictions.Batch)
            throw new ArgumentException(
                $"there are targets of {targets.Count} images and predictions of {predictions.Batch}", nameof(targets));
        var wanted = new BatchTargets(
            targets, predictions.ClassLogits, hasMasks, context.Height, context.Width, predictions.Boxes.ScalarType,
            predictions.Boxes.Device);
        Matches matches = _matcher.Match(predictions, wanted, context.Groups, context.Points);
        double mean = context.MeanOverRanks?.Invoke(wanted.Total) ?? wanted.Total;
        return Terms(predictions, wanted, matches, context, Math.Max(1, mean * context.Groups));
    }

    private LossResult Terms(Predictions predictions, BatchTargets targets, Matches matches, LossContext context, double objects)
    {
        int width = (int)predictions.Boxes.Shape[2];
        TorchTensor found = predictions.Boxes.Reshape(-1, width).IndexSelect(0, matches.AllQueries);       // [M, 4]
        TorchTensor wanted = targets.Boxes.IndexSelect(0, matches.Targets);
        (TorchTensor iou, TorchTensor giou) = Corners.Of(found).Compare(Corners.Of(wanted));
        var rows = new TermTable(predictions);
        rows.Add("loss_ce", _classes.PerSet(predictions, matches, targets.Labels, iou.Detach()) / objects, _options.ClassWeight);
        rows.Add("loss_bbox", matches.SumBySet((found - wanted).Abs().Sum(1, false)) / objects, _options.BoxWeight);
        rows.Add("loss_giou", matches.SumBySet(1.0 - giou) / objects, _options.GIoUWeight);
        if (targets.Masks is { } masks)
        {
            (TorchTensor entropy, TorchTensor dice) = MaskLoss.PerSet(predictions, matches, masks, context.Points, _options);
            rows.Add("loss_mask_ce", entropy / objects, _options.MaskCrossEntropyWeight);
            rows.Add("loss_mask_dice", dice / objects, _options.MaskDiceWeight);
        }

        if (_options.Statistics)
        {
            using GradMode guard = TorchRuntime.NoGrad();
            rows.AddForLast("class_error", MatchStatistics.ClassError(predictions, matches, targets.Labels));
            rows.Add("cardinality_error", MatchStatistics.CardinalityError(predictions, targets), 0);
        }

        return rows.Result();
    }

    /// <summary>Terms as they come, each a number for every set or for the last layer only.</summary>
    private sealed class TermTable(Predictions predictions)
    {
        private readonly List<TorchTensor> _values = [];
        private readonly List<string> _names = [];
        private readonly List<double> _weights = [];

        public void Add(string name, TorchTensor perSet, double weight)
        {
            _values.Add(perSet);
            foreach (PredictionSet set in predictions.Sets)
            {
                _names.Add(name + set.Suffix);
                _weights.Add(weight);
            }
        }

        public void AddForLast(string name, TorchTensor value)
        {
            _values.Add(value);
            _names.Add(name);
            _weights.Add(0);
        }

        public LossResult Result()
        {
            TorchTensor values = TorchTensor.Cat([.. _values], 0);
            TorchTensor weights = TorchTensor.From<double>([.. _weights], [_weights.Count], values.Device).To(values.ScalarType);

            // What is only logged may be not finite without harm: it takes no part in the product.
            int trained = _weights.FindLastIndex(w => w != 0) + 1;
            TorchTensor total = (values.Narrow(0, 0, trained) * weights.Narrow(0, 0, trained)).Sum();
            return new(total, _names, values, _weights);
        }
    }
}

/// <summary>Facts about a step that the criterion needs besides predictions and targets.</summary>
internal sealed record LossContext
{
    /// <summary>Query groups G of the forward pass.</summary>
    public required int Groups { get; init; }

    /// <summary>Height of the batch's images in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Width of the batch's images in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Source of the points at which masks are compared.</summary>
    public PointSource Points { get; init; } = new RandomPoints();

    /// <summary>From this process's number of objects to the mean over all of them; null for a process alone.</summary>
    public Func<double, double>? MeanOverRanks { get; init; }
}

/// <summary>Result of the criterion.</summary>
/// <param name="Total">The weighted sum: what is trained. A scalar.</param>
/// <param name="Names">Names of the terms as in rf-detr: <c>loss_ce</c>, <c>class_error</c>, <c>loss_bbox_0</c>, …</param>
/// <param name="Values">[n]: the terms, not weighted.</param>
/// <param name="Weights">[n]: their weights; 0 for what is logged only.</param>
internal sealed record LossResult(
    TorchTensor Total, IReadOnlyList<string> Names, TorchTensor Values, IReadOnlyList<double> Weights)
{
    /// <summary>The terms by name, still on the device.</summary>
    public IReadOnlyList<(string Name, TorchTensor Value)> Terms => [.. Names.Select((name, i) => (name, Values.Select(0, i)))];

    /// <summary>Copies the terms to the host: one transfer, which waits for the device.</summary>
    public double[] Read()
    {
        using var scope = new TorchScope();
        return Values.Detach().To(ScalarType.Float64).ToArray<double>();
    }
}
