namespace RfDetr;

/// <summary>One found object. Owns its data; immutable.</summary>
public sealed record Detection
{
    /// <summary>Corners in pixels of the image, not rounded.</summary>
    public required BoxXyxy Box { get; init; }

    /// <summary>The class's sigmoid, 0..1.</summary>
    public required float Score { get; init; }

    /// <summary>The logit's index, as rf-detr emits it (for COCO models the data set's own category id).</summary>
    public required int ClassId { get; init; }

    /// <summary>Name of that class.</summary>
    public required string ClassName { get; init; }

    /// <summary>The object's pixels, of the image's size; null for models without masks.</summary>
    public RleMask? Mask { get; init; }

    /// <summary>
    /// Results of heads for which this type has no property of its own; usually empty. See <see cref="Feature{T}"/>.
    /// </summary>
    public IReadOnlyList<object> Features { get; init; } = [];

    /// <summary>The result of one kind among <see cref="Features"/>; null if there is none.</summary>
    public T? Feature<T>()
        where T : class => Features.OfType<T>().FirstOrDefault();

    /// <summary>The mask's borders, outer and holes; empty without a mask.</summary>
    /// <param name="epsilon">Largest distance in pixels by which corners may be left out; 0 keeps all.</param>
    public IReadOnlyList<MaskPolygon> Polygons(double epsilon = 0) => Mask is null ? [] : PolygonTracer.Trace(Mask, epsilon);
}

/// <summary>Duration of each stage in milliseconds; of a batch, each image's share.</summary>
public readonly record struct StageTimes
{
    /// <summary>File to pixels; 0 if pixels were given.</summary>
    public double DecodeMs { get; init; }

    /// <summary>Resizing and normalizing.</summary>
    public double PreprocessMs { get; init; }

    /// <summary>The network.</summary>
    public double InferenceMs { get; init; }

    /// <summary>Selection, boxes, masks.</summary>
    public double PostprocessMs { get; init; }

    /// <summary>All stages together.</summary>
    public double TotalMs => DecodeMs + PreprocessMs + InferenceMs + PostprocessMs;

    /// <summary>The sums of two images' times.</summary>
    public static StageTimes operator +(StageTimes a, StageTimes b) => new()
    {
        DecodeMs = a.DecodeMs + b.DecodeMs,
        PreprocessMs = a.PreprocessMs + b.PreprocessMs,
        InferenceMs = a.InferenceMs + b.InferenceMs,
        PostprocessMs = a.PostprocessMs + b.PostprocessMs,
    };

    /// <summary>The sums of two images' times; the operator as a method.</summary>
    public static StageTimes Add(StageTimes left, StageTimes right) => left + right;
}

/// <summary>
/// The objects of one image, in descending order of score. Owns its data; immutable; safe to keep and to share.
/// </summary>
public sealed record Detections
{
    /// <summary>Width of the image in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the image in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The objects.</summary>
    public required IReadOnlyList<Detection> Items { get; init; }

    /// <summary>Duration of each stage.</summary>
    public StageTimes Times { get; init; }

    /// <summary>
    /// True if every candidate that the selection may keep scored above its threshold: the image may hold more objects than the
    /// model can report. Cut it into parts (<see cref="DetectOptions.Roi"/>), or take a model with more queries.
    /// </summary>
    public bool IsSaturated { get; init; }
}
