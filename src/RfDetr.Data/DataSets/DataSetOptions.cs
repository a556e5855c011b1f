namespace RfDetr.Data;

/// <summary>Layouts of a data set on disk.</summary>
public enum DataSetLayout
{
    /// <summary>
    /// <c>train|valid|test/_annotations.coco.json</c> beside the images: Roboflow's export and <c>rfdetr data synth</c>.
    /// </summary>
    RoboflowCoco,

    /// <summary><c>annotations/instances_*.json</c> and a folder of images for each: COCO's own.</summary>
    Coco,

    /// <summary><c>data.yaml</c>, <c>images/…</c> and <c>labels/…</c>: YOLO.</summary>
    Yolo,

    /// <summary><c>Annotations/*.xml</c>, <c>JPEGImages/</c>, <c>ImageSets/Main/*.txt</c>: Pascal VOC.</summary>
    Voc,
}

/// <summary>Rules for which logit stands for which category.</summary>
public enum ClassRule
{
    /// <summary>
    /// 0, 1, 2, … in the order of the category ids; Roboflow's grouping category is left out. rf-detr's rule from 1.9.2 on.
    /// </summary>
    Contiguous,

    /// <summary>
    /// The category id itself, whatever gaps there are and with the grouping category: rf-detr's rule up to 1.9.1, and that of
    /// the published COCO weights.
    /// </summary>
    AsWritten,
}

/// <summary>Options for reading a data set.</summary>
public sealed record DataSetOptions
{
    /// <summary>The options used where none are given.</summary>
    public static DataSetOptions Default { get; } = new();

    /// <summary>The layout, where a folder holds several; null: found from the files.</summary>
    public DataSetLayout? Layout { get; init; }

    /// <summary>Rule for which logit stands for which category.</summary>
    public ClassRule Classes { get; init; } = ClassRule.Contiguous;

    /// <summary>
    /// Permission for symbolic links to lead out of the data set's folder. Off: a data set from elsewhere could have any file of
    /// this machine read and copied. On for folders whose links are your own.
    /// </summary>
    public bool FollowLinks { get; init; }

    /// <summary>Limits on COCO files.</summary>
    public CocoReadOptions Coco { get; init; } = CocoReadOptions.Default;
}
