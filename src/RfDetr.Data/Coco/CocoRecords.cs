namespace RfDetr.Data;

/// <summary>An entry of <c>images</c>.</summary>
/// <param name="Id">Unique among the images of the file.</param>
/// <param name="FileName">
/// As written, with '/' or '\' between folders; where it is looked for is the data set's business. Empty if absent.
/// </param>
/// <param name="Width">Pixels; 0 where the file does not say.</param>
/// <param name="Height">Pixels; 0 where the file does not say.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height);

/// <summary>An entry of <c>categories</c>.</summary>
/// <param name="Id">Unique among the categories of the file; need not begin at 0 nor be without gaps.</param>
/// <param name="Name">Empty if absent.</param>
/// <param name="Supercategory">As written; null if it is absent.</param>
public sealed record CocoCategory(long Id, string Name, string? Supercategory = null);

/// <summary>An entry of <c>annotations</c>: one object, or one crowd region.</summary>
public sealed record CocoAnnotation
{
    /// <summary>As written; the entry's position from 1 where the file has none. Not checked for being unique.</summary>
    public required long Id { get; init; }

    /// <summary>The image; not checked for being one of <see cref="CocoFile.Images"/>.</summary>
    public required long ImageId { get; init; }

    /// <summary>The class; not checked for being one of <see cref="CocoFile.Categories"/>.</summary>
    public required long CategoryId { get; init; }

    /// <summary>
    /// As written, finite but otherwise unchecked: it may be empty or reach beyond the image. Where the file has none, that of
    /// the mask; NaN where this cannot be computed because the image's size is not given.
    /// </summary>
    public required BoxXywh Box { get; init; }

    /// <summary>Pixels, as written, even if negative or NaN; where the file has none the mask's, else the box's.</summary>
    public required double Area { get; init; }

    /// <summary>A region standing for many objects.</summary>
    public bool IsCrowd { get; init; }

    /// <summary>The mask; null if there is none (absent, null or an empty list).</summary>
    public CocoSegmentation? Segmentation { get; init; }
}

/// <summary>An entry of a result file.</summary>
/// <param name="ImageId">Not checked against any ground truth here.</param>
/// <param name="CategoryId">Likewise.</param>
/// <param name="Score">Finite.</param>
/// <param name="Box">Null where the file gives none.</param>
/// <param name="Segmentation">Null where the file gives none; a box or a mask is always there.</param>
public sealed record CocoDetection(long ImageId, long CategoryId, double Score, BoxXywh? Box, CocoSegmentation? Segmentation);
