using RfDetr.Data;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>Result of an evaluation.</summary>
/// <param name="Input">Truth and detections, for reports.</param>
/// <param name="Boxes">By boxes.</param>
/// <param name="Masks">By masks; null where network or data have none.</param>
internal sealed record NetworkEvaluation(EvaluationInput Input, EvaluationResult Boxes, EvaluationResult? Masks)
{
    /// <summary>The numbers of the training log.</summary>
    public EpochScores Scores => new(
        Boxes.Metrics.AveragePrecision(), Boxes.Metrics.AveragePrecision(iou: .5),
        Masks?.Metrics.AveragePrecision(), Masks?.Metrics.AveragePrecision(iou: .5))
    {
        BestThreshold = (Masks ?? Boxes).Sweep.Best.Threshold,
    };
}

/// <summary>COCO's measures of a network on libtorch over a split of a data set.</summary>
/// <param name="split">The images.</param>
/// <param name="rule">The model's resize rule.</param>
/// <param name="batch">Images per run of the network.</param>
/// <param name="maxDetections">Detections per image and class that count.</param>
/// <param name="workers">Threads that decode images.</param>
internal sealed class NetworkEvaluator(DataSplit split, ResizeRule rule, int batch, int maxDetections, int workers = 2)
{
    // COCO's lower limits; the last one is the caller's.
    private static readonly int[] s_lowerLimits = [1, 10];

    private readonly TruthObject[] _truth =
    [
        .. split.Images.SelectMany(p => p.Objects.Select(o => TruthObject.Of(p, o, Category(split, o), split.HasMasks))),
    ];

    /// <summary>Runs the network over this process's share of the images and measures on all of them.</summary>
    /// <param name="runner">The network.</param>
    /// <param name="ranks">The processes that share the work; null for one alone.</param>
    /// <param name="progress">Images done and in all.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="TrainingDataException">An image cannot be read.</exception>
    public NetworkEvaluation Run(
        NetworkRunner runner, Ranks? ranks = null, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ranks ??= Ranks.Alone;
        var loader = new EvaluationLoader(split, batch, runner.Config.Resolution, rule, workers);
        DetectionDecoder decoder = Decoder(runner.Config);
        var found = new List<FoundObject>();
        int done = 0;
        foreach (EvaluationBatch part in loader.Batches(ranks.Rank, ranks.Count, cancellation))
        {
            NetworkAnswer answer = runner.Run(part.Pixels, part.Images.Length, part.Side, part.Side);
            var read = new FoundObject[part.Images.Length][];
            _ = Parallel.For(0, read.Length, i => read[i] = Found(decoder, answer, i, part.Images[i]));
            foreach (FoundObject[] one in read)
                found.AddRange(one);
            done += part.Images.Length;
            progress?.Invoke(done, split.Images.Count / ranks.Count);
        }

        return Measure(ranks.Gather(found), runner.Config.SegmentationHead, cancellation);
    }

    // As the detector decodes, but everything that is selected counts; of logits without a class nothing is.
    private DetectionDecoder Decoder(ModelConfig config)
    {
        NetworkContract contract = InferenceGraph.Contract(config, config.Resolution, config.Resolution);
        DataClass?[] classes =
        [
            .. Enumerable.Range(0, config.ClassLogits).Select(i =>
                split.Classes.TryGetByIndex(i, out DataClass? found) ? found : null)
        ];
        var selection = new SelectionOptions
        {
            NumSelect = config.NumSelect,
            ScoreThreshold = SelectionOptions.NoThreshold,
            AllowedLabels = classes.Select(c => c is not null).ToArray(),
        };
        var names = new ClassMap(
            config.ClassLogits, classes.SelectMany((c, label) => c is null ? [] : (ClassEntry[])[new ClassEntry(label, c.Name)]),
            "the data set");
        return new DetectionDecoder(names, Head.Of(contract), contract, selection, DetectOptions.Default);
    }

    private FoundObject[] Found(DetectionDecoder decoder, NetworkAnswer answer, int index, LabeledImage image) =>
    [
        .. decoder.Decode(answer, index, image.Width, image.Height).Items.Select(d =>
        {
            _ = split.Classes.TryGetByIndex(d.ClassId, out DataClass? category);
            var box = new BoxXywh(d.Box.X1, d.Box.Y1, d.Box.Width, d.Box.Height);
            return new FoundObject(image.Id, category!.CategoryId, d.Score, box) { Mask = d.Mask };
        }),
    ];

    private NetworkEvaluation Measure(IReadOnlyList<FoundObject> found, bool masks, CancellationToken cancellation)
    {
        EvaluationClass[] classes = [.. split.Classes.Select(c => new EvaluationClass(c.CategoryId, c.Name))];
        var input = new EvaluationInput([.. split.Images.Select(p => p.Id)], [.. classes.Select(c => c.Id)], _truth, found);
        var options = new EvaluationOptions { MaxDetections = [.. s_lowerLimits.Where(l => l < maxDetections), maxDetections] };
        EvaluationResult boxes = EvaluationResult.Of(input, classes, options, cancellation);
        EvaluationResult? shapes = masks && split.HasMasks
            ? EvaluationResult.Of(input, classes, options with { Kind = EvaluationKind.Masks }, cancellation)
            : null;
        return new NetworkEvaluation(input, boxes, shapes);
    }

    private static long Category(DataSplit split, LabeledObject o) =>
        split.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found) ? found.CategoryId : -1;
}
