namespace RfDetr.Data;

/// <summary>An entry of <c>images</c>.</summary>
/// <param name="Id">Unique among the images of the file.</param>
/// <param name="FileName">As written, with '/' or '\' between folders; where it is looked for is the data set's business.</param>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height);

/// <summary>An entry of <c>categories</c>.</summary>
/// <param name="Id">Unique among the categories of the file; need not begin at 0 nor be without gaps.</param>
/// <param name="Name">Not empty.</param>
/// <param name="Supercategory">As written; null if it is absent.</param>
public sealed record CocoCategory(long Id, string Name, string? Supercategory = null);

/// <summary>An entry of <c>annotations</c>: one object, or one crowd region.</summary>
public sealed record CocoAnnotation
{
    /// <summary>As written; the entry's position from 1 where the file has none. Not checked for being unique.</summary>
    public required long Id { get; init; }

    /// <summary>The image; one of <see cref="CocoFile.Images"/>.</summary>
    public required long ImageId { get; init; }

    /// <summary>The class; one of <see cref="CocoFile.Categories"/>.</summary>
    public required long CategoryId { get; init; }

    /// <summary>As written, finite but otherwise unchecked: it may be empty or reach beyond the image. The mask's where the file has none.</summary>
    public required BoxXywh Box { get; init; }

    /// <summary>Pixels, as written; where the file has none the mask's, else the box's.</summary>
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
