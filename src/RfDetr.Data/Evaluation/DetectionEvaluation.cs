namespace RfDetr.Data;

/// <summary>Scores that a detector reaches on a split.</summary>
/// <param name="Boxes">Its boxes.</param>
/// <param name="Masks">Its masks; null if it or the split has none.</param>
public sealed record EvaluationSummary(EvaluationResult Boxes, EvaluationResult? Masks)
{
    /// <summary>The result that models are compared by: masks where there are any.</summary>
    public EvaluationResult Main => Masks ?? Boxes;

    /// <summary>
    /// The score threshold of the highest mean F1 of <see cref="Main"/>, at IoU 0.5: a good one to use the model with.
    /// </summary>
    public double BestThreshold => Main.Sweep.Best.Threshold;
}

/// <summary>
/// Collects what a detector finds, image by image, and compares it with the truth at the end. Whoever runs the network (a
/// session, libtorch in the middle of training, another process's result file) only has to add.
/// </summary>
/// <remarks>Not for several threads at once. Detections of a class that is not among the classes are left out.</remarks>
internal sealed class DetectionEvaluation
{
    private readonly IReadOnlyList<DataClass> _classes;
    private readonly Dictionary<int, DataClass> _byIndex;
    private readonly EvaluationOptions _options;
    private readonly bool _masks;
    private readonly List<long> _images = [];
    private readonly HashSet<long> _seen = new(MixedHash.Instance);
    private readonly List<TruthObject> _truth = [];
    private readonly List<FoundObject> _found = [];

    /// <summary>Begins.</summary>
    /// <param name="classes">The data set's classes; detections carry their <see cref="DataClass.CategoryId"/>.</param>
    /// <param name="masks">True if masks are evaluated too: only if the detector and every object have one.</param>
    /// <param name="options">Limits and thresholds for both; null for COCO's own. The kind is not looked at.</param>
    public DetectionEvaluation(IReadOnlyList<DataClass> classes, bool masks, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        (_classes, _masks, _options) = (classes, masks, (options ?? new EvaluationOptions()).Validated());
        _byIndex = classes.ToDictionary(c => c.Index);
    }

    /// <summary>Objects found so far, in the order of adding.</summary>
    public IReadOnlyList<FoundObject> Found => _found;

    /// <summary>Adds an image with what was found in it.</summary>
    /// <param name="image">The image; each only once.</param>
    /// <param name="found">Best first or not; their <see cref="FoundObject.ImageId"/> is set here.</param>
    /// <exception cref="ArgumentException">
    /// The image was added before, or masks are evaluated and a detection has none.
    /// </exception>
    /// <exception cref="DataSetFormatException">The mask of an object is malformed.</exception>
    public void Add(LabeledImage image, IEnumerable<FoundObject> found)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(found);
        if (!_seen.Add(image.Id))
            throw new ArgumentException($"image {image.Id} ('{image.Name}') was added before", nameof(image));
        _images.Add(image.Id);
        foreach (LabeledObject o in image.Objects)
            _truth.Add(TruthObject.Of(image, o, _byIndex[o.ClassIndex].CategoryId, _masks));
        _found.AddRange(found.Select(f => f with { ImageId = image.Id }));
    }

    /// <summary>Compares.</summary>
    public EvaluationSummary Complete(CancellationToken cancellationToken = default) =>
        new(Evaluate(EvaluationKind.Boxes, cancellationToken), _masks ? Evaluate(EvaluationKind.Masks, cancellationToken) : null);

    private EvaluationResult Evaluate(EvaluationKind kind, CancellationToken cancellationToken)
    {
        var input = new EvaluationInput(_images, [.. _classes.Select(c => c.CategoryId)], _truth, _found);
        return EvaluationResult.Of(
            input, _classes.Select(c => new EvaluationClass(c.CategoryId, c.Name)), _options with { Kind = kind },
            cancellationToken);
    }
}
