namespace RfDetr.Data;

/// <summary>An oddity of a data set that does not keep it from being used.</summary>
internal enum DataFlaw
{
    /// <summary>An annotation of a class that <c>categories</c> (or YOLO's <c>names</c>) does not declare; left out.</summary>
    UndeclaredCategory,

    /// <summary>An annotation of an image that <c>images</c> does not list; left out.</summary>
    UnknownImage,

    /// <summary>An image whose id another one has; left out.</summary>
    RepeatedImage,

    /// <summary>An annotation that is there twice; the copy is left out.</summary>
    RepeatedAnnotation,

    /// <summary>An area below 0 or not a number; that of the mask or box is used.</summary>
    OddArea,

    /// <summary>A polygon that encloses nothing; left out of its mask.</summary>
    EmptyPolygon,

    /// <summary>A size that is missing, 0 or none that an image has; the image's own is used.</summary>
    MissingSize,

    /// <summary>Text that is not UTF-8; read as Latin-1, or with replacement characters.</summary>
    OddText,

    /// <summary>A split whose folder or list is not there.</summary>
    MissingSplit,

    /// <summary>Keypoints of a label line; the box is used.</summary>
    Keypoints,
}

/// <summary>A flaw with the number of times that it occurs in a file.</summary>
/// <param name="Flaw">The kind.</param>
/// <param name="File">The file.</param>
/// <param name="Count">Number of times.</param>
/// <param name="Examples">The first of them.</param>
internal sealed record DataFlawCount(DataFlaw Flaw, string File, int Count, IReadOnlyList<string> Examples)
{
    private const int Shown = 3;

    /// <summary>The flaw's lasting name in the doctor's report.</summary>
    public string Code => Flaw switch
    {
        DataFlaw.UndeclaredCategory => "category-undeclared",
        DataFlaw.UnknownImage => "image-unknown",
        DataFlaw.RepeatedImage => "image-repeated",
        DataFlaw.RepeatedAnnotation => "annotation-repeated",
        DataFlaw.OddArea => "area",
        DataFlaw.EmptyPolygon => "mask-broken",
        DataFlaw.MissingSize => "size-missing",
        DataFlaw.OddText => "text-encoding",
        DataFlaw.MissingSplit => "split-absent",
        _ => "keypoints",
    };

    /// <summary>A size that is read from the image costs nothing but time; everything else deserves a look.</summary>
    public FindingLevel Level => Flaw is DataFlaw.MissingSize ? FindingLevel.Note : FindingLevel.Warning;

    /// <summary>The flaw and what was done about it.</summary>
    public string Text => Flaw switch
    {
        DataFlaw.UndeclaredCategory =>
            $"{N("annotation has", "annotations have")} a class that is not declared ('categories', or 'names' of YOLO); "
                + $"left out.",
        DataFlaw.UnknownImage => $"{N("annotation is", "annotations are")} of an image that 'images' does not list; left out.",
        DataFlaw.RepeatedImage => $"{N("image has", "images have")} the id of an earlier one; left out.",
        DataFlaw.RepeatedAnnotation => $"{N("annotation is there", "annotations are there")} twice; the copies are left out.",
        DataFlaw.OddArea => $"{N("area is", "areas are")} negative or no number; that of the mask or box is used.",
        DataFlaw.EmptyPolygon =>
            $"{N("polygon encloses", "polygons enclose")} nothing (fewer than three points); left out of the mask.",
        DataFlaw.MissingSize => $"{N("image has", "images have")} no usable size in the annotations; read from the image itself.",
        DataFlaw.OddText => $"{N("text is", "texts are")} not UTF-8; read as Latin-1 or with replacement characters.",
        DataFlaw.MissingSplit => $"{N("split is", "splits are")} named but not there; the data set is used without.",
        _ => $"{N("object has", "objects have")} keypoints, which are not read; the box is used.",
    };

    /// <summary>One line with the file and some examples.</summary>
    public string Sentence => $"{File}: {Text} {string.Join("; ", Examples.Take(Shown))}{(Count > Shown ? "; …" : "")}";

    private string N(string one, string many) => Invariant.Plural(Count, one, many);
}
