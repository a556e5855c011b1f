using RfDetr.Data;
using RfDetr.Vision;

namespace RfDetr.Training;

/// <summary>What an evaluation came to.</summary>
/// <param name="Input">Truth and detections, for reports.</param>
/// <param name="Boxes">By boxes.</param>
/// <param name="Masks">By masks; null where network or data have none.</param>
internal sealed record NetworkEvaluation(EvaluationInput Input, EvaluationResult Boxes, EvaluationResult? Masks)
{
    /// <summary>The numbers of the training log.</summary>
    public EpochScores Scores => new(
        Boxes.Metrics.AveragePrecision(), Boxes.Metrics.AveragePrecision(iou: .5), Masks?.Metrics.AveragePrecision(), Masks?.Metrics.AveragePrecision(iou: .5));
}

/// <summary>COCO's measures of a network on libtorch over a split of a data set.</summary>
/// <param name="split">The pictures.</param>
/// <param name="rule">The model's resize rule.</param>
/// <param name="batch">Pictures per run of the network.</param>
/// <param name="maxDetections">Detections per picture and class that count.</param>
internal sealed class NetworkEvaluator(DataSplit split, ResizeRule rule, int batch, int maxDetections)
{
    private readonly TruthObject[] _truth =
    [
        .. split.Pictures.SelectMany(p => p.Objects.Select(o => new TruthObject(p.Id, Category(split, o), o.Box, o.Area)
        {
            Crowd = o.IsCrowd,
            Mask = split.HasMasks ? o.Mask(p) : null,
        })),
    ];

    /// <summary>Runs the network over the pictures that <paramref name="mine"/> chooses (by position) and measures.</summary>
    /// <param name="runner">The network.</param>
    /// <param name="gather">Joins the detections of all processes; null for one alone.</param>
    /// <param name="mine">Whether a batch, by its number, is this process's.</param>
    /// <param name="progress">Pictures done and in all.</param>
    /// <param name="cancellation">Stops the work.</param>
    public NetworkEvaluation Run(
        NetworkRunner runner, Func<List<FoundObject>, List<FoundObject>>? gather = null, Func<int, bool>? mine = null,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        int side = runner.Config.Resolution;
        var reader = new DetectionReader(runner.Config, split.Classes);
        var found = new List<FoundObject>();
        LabelledPicture[] pictures = [.. split.Pictures.Where((_, i) => mine?.Invoke(i / batch) != false)];
        int done = 0;
        foreach (EvaluationBatches.Batch part in new EvaluationBatches(side, rule).Of(pictures, batch, cancellation))
        {
            NetworkAnswer answer = runner.Run(part.Pixels, part.Pictures.Count, side, side);
            var read = new FoundObject[part.Pictures.Count][];
            _ = Parallel.For(0, read.Length, i => read[i] = reader.Read(answer, i, part.Pictures[i]));
            foreach (FoundObject[] one in read)
                found.AddRange(one);
            done += part.Pictures.Count;
            progress?.Invoke(done, pictures.Length);
        }

        found = gather?.Invoke(found) ?? found;
        return Measure(found, runner.Config.SegmentationHead, cancellation);
    }

    private NetworkEvaluation Measure(List<FoundObject> found, bool masks, CancellationToken cancellation)
    {
        EvaluationClass[] classes = [.. split.Classes.Select(c => new EvaluationClass(c.CategoryId, c.Name))];
        var input = new EvaluationInput([.. split.Pictures.Select(p => p.Id)], [.. classes.Select(c => c.Id)], _truth, found);
        var options = new EvaluationOptions { MaxDetections = maxDetections > 10 ? [1, 10, maxDetections] : [maxDetections] };
        EvaluationResult boxes = EvaluationResult.Of(input, classes, options, cancellation);
        EvaluationResult? shapes = masks && split.HasMasks ? EvaluationResult.Of(input, classes, options with { Kind = EvaluationKind.Masks }, cancellation) : null;
        return new NetworkEvaluation(input, boxes, shapes);
    }

    private static long Category(DataSplit split, LabelledObject o) =>
        split.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found) ? found.CategoryId : -1;
}
