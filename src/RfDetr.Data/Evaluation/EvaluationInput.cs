namespace RfDetr.Data;

/// <summary>An object that is really there.</summary>
/// <param name="ImageId">The image it is in.</param>
/// <param name="CategoryId">Its class, by the data set's id.</param>
/// <param name="Box">In pixels.</param>
/// <param name="Area">In pixels: of its mask, else of its box; decides about <see cref="AreaRange"/>.</param>
public readonly record struct TruthObject(long ImageId, long CategoryId, BoxXywh Box, double Area)
{
    /// <summary>A region standing for many objects: any number of detections may lie in it, and none of them counts.</summary>
    public bool Crowd { get; init; }

    /// <summary>
    /// One object that need not be found (Pascal VOC's <c>difficult</c>): whoever finds it neither wins nor loses.
    /// </summary>
    public bool Ignore { get; init; }

    /// <summary>
    /// The object takes a detection but the detection counts as wrong: pycocotools marks a match by the annotation's id, so
    /// that an annotation of id 0 is never found. Only for results that must equal its own.
    /// </summary>
    public bool NeverFound { get; init; }

    /// <summary>Needed for <see cref="EvaluationKind.Masks"/>.</summary>
    public RleMask? Mask { get; init; }

    /// <summary>An object of a data set.</summary>
    /// <param name="image">Its image.</param>
    /// <param name="labeled">The object.</param>
    /// <param name="categoryId">Its class, by the data set's id.</param>
    /// <param name="masks">
    /// Whether masks are compared. An object without one then stands for its box: crowds and VOC's difficult objects seldom have
    /// masks, and pycocotools, which asks for one, could not evaluate such data at all.
    /// </param>
    /// <exception cref="DataSetFormatException">The mask is malformed.</exception>
    public static TruthObject Of(LabeledImage image, LabeledObject labeled, long categoryId, bool masks)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(labeled);
        return new(image.Id, categoryId, labeled.Box, labeled.Area)
        {
            Crowd = labeled.IsCrowd,
            Mask = masks ? labeled.Mask(image) ?? RleMask.FromBox(image.Height, image.Width, labeled.Box.ToXyxy()) : null,
        };
    }
}

/// <summary>An object that a detector reports.</summary>
/// <param name="ImageId">The image it is in.</param>
/// <param name="CategoryId">Its class, by the data set's id.</param>
/// <param name="Score">Any finite number; only the order counts for AP.</param>
/// <param name="Box">In pixels.</param>
/// <param name="Area">
/// In pixels; a wrong detection outside an <see cref="AreaRange"/> is not held against that range. Null (usual): that of what is
/// compared, box or mask.
/// </param>
public readonly record struct FoundObject(long ImageId, long CategoryId, double Score, BoxXywh Box, double? Area = null)
{
    /// <summary>Needed for <see cref="EvaluationKind.Masks"/>.</summary>
    public RleMask? Mask { get; init; }

    internal double AreaOf(EvaluationKind kind) => Area ?? (kind == EvaluationKind.Boxes ? Box.Width * Box.Height : Mask!.Area);
}

/// <summary>Truth and detections of the same images.</summary>
/// <param name="ImageIds">The images that are looked at, in any order; objects of other images are left out.</param>
/// <param name="CategoryIds">The classes that are looked at, in any order; objects of other classes are left out.</param>
/// <param name="Truth">In any order.</param>
/// <param name="Found">In any order; among equal scores of an image and class the earlier one is better.</param>
public sealed record EvaluationInput(
    IReadOnlyList<long> ImageIds, IReadOnlyList<long> CategoryIds, IReadOnlyList<TruthObject> Truth,
    IReadOnlyList<FoundObject> Found);
