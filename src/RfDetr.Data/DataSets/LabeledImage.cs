namespace RfDetr.Data;

/// <summary>An image of a data set with what is to be seen in it. The image itself is not read yet.</summary>
/// <param name="Id">Unique within its split: COCO's id, or the position from 1.</param>
/// <param name="File">Path of the image.</param>
/// <param name="Name">As the data set names it: relative to the split's folder, '/' between folders.</param>
/// <param name="Width">Pixels, as the annotations say (YOLO: as the image's header says).</param>
/// <param name="Height">Pixels, likewise.</param>
/// <param name="Objects">In the file's order; may be empty.</param>
public sealed record LabeledImage(long Id, string File, string Name, int Width, int Height, IReadOnlyList<LabeledObject> Objects);

/// <summary>An object as it was annotated: nothing is clipped, corrected or left out.</summary>
public sealed record LabeledObject
{
    /// <summary>Its id in a COCO file; else the position within the split from 1.</summary>
    public required long Id { get; init; }

    /// <summary>Index of its class's logit: <see cref="DataClass.Index"/>.</summary>
    public required int ClassIndex { get; init; }

    /// <summary>Pixels; finite, but may be empty or reach beyond the image.</summary>
    public required BoxXywh Box { get; init; }

    /// <summary>Pixels, as COCO counts them for its size ranges.</summary>
    public required double Area { get; init; }

    /// <summary>
    /// COCO's crowd regions, VOC's difficult objects: not trained on, detections of it are neither right nor wrong.
    /// </summary>
    public bool IsCrowd { get; init; }

    /// <summary>The mask as written; null if there is none.</summary>
    public CocoSegmentation? Segmentation { get; init; }

    /// <summary>The mask in pixels of its image; null if there is none.</summary>
    /// <exception cref="DataSetFormatException">It is malformed or of another image's size.</exception>
    public RleMask? Mask(LabeledImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        try
        {
            return Segmentation?.ToMask(image.Height, image.Width);
        }
        catch (AnnotationFormatException e)
        {
            throw new DataSetFormatException(
                image.File, Invariant.Text($"the mask of object {Id} cannot be used: {e.Message}"), e);
        }
    }
}
