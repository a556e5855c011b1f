namespace RfDetr.Data;

/// <summary>A class that detections are compared by.</summary>
/// <param name="Id">The data set's category id.</param>
/// <param name="Name">For people.</param>
public sealed record EvaluationClass(long Id, string Name);

/// <summary>Accuracy on one class. Average precision and recall are 0..1, or −1 for a class without objects.</summary>
/// <param name="Class">The class.</param>
/// <param name="Objects">Objects that count.</param>
/// <param name="Ap">Mean over all IoU thresholds.</param>
/// <param name="Ap50">At IoU 0.5.</param>
/// <param name="Ap75">At IoU 0.75.</param>
/// <param name="Ar">Average recall with the largest limit of detections.</param>
/// <param name="AtBest">At the score threshold of highest macro F1, IoU 0.5.</param>
public sealed record ClassResult(
    EvaluationClass Class, int Objects, double Ap, double Ap50, double Ap75, double Ar, OperatingPoint AtBest);

/// <summary>An evaluation with all that reports show.</summary>
public sealed class EvaluationResult
{
    private EvaluationResult(EvaluationInput input, CocoEvaluation evaluation, IReadOnlyDictionary<long, EvaluationClass> classes)
    {
        Metrics = evaluation.Metrics;
        Sweep = ConfidenceSweep.Of(evaluation.Classes);
        Confusion = ConfusionMatrix.Of(input, Kind, Sweep.Best.Threshold);
        Images = input.ImageIds.Count;
        Classes = [.. Metrics.CategoryIds.Select((id, k) => new ClassResult(
            classes[id], evaluation.Classes[k].Objects, Metrics.AveragePrecision(k), Metrics.AveragePrecision(k, .5),
            Metrics.AveragePrecision(k, .75),
            Metrics.AverageRecall(k), Sweep.Classes[k][Sweep.BestIndex]))];
    }

    /// <summary>Boxes or masks.</summary>
    public EvaluationKind Kind => Metrics.Options.Kind;

    /// <summary>Images that were looked at.</summary>
    public int Images { get; }

    /// <summary>COCO's numbers and curves.</summary>
    public CocoMetrics Metrics { get; }

    /// <summary>By rising category id.</summary>
    public IReadOnlyList<ClassResult> Classes { get; }

    /// <summary>Precision, recall and F1 over score thresholds.</summary>
    public ConfidenceSweep Sweep { get; }

    /// <summary>At the threshold of highest macro F1.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>Evaluates.</summary>
    /// <param name="input">Truth and detections.</param>
    /// <param name="classes">Names of all classes of the input.</param>
    /// <param name="options">Null for COCO's own.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">A class has no name, or as <see cref="CocoEvaluator.Evaluate"/> says.</exception>
    public static EvaluationResult Of(
        EvaluationInput input, IEnumerable<EvaluationClass> classes, EvaluationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(classes);
        Dictionary<long, EvaluationClass> byId = classes.ToDictionary(c => c.Id, MixedHash.Instance);
        foreach (long id in input.CategoryIds)
        {
            if (!byId.ContainsKey(id))
                throw new ArgumentException($"category {id} has no name among {byId.Count} classes", nameof(classes));
        }

        return new(input, CocoEvaluator.Evaluate(input, options, cancellationToken), byId);
    }
}
