namespace RfDetr.Data;

/// <summary>A part of a data set: train, valid, test.</summary>
public sealed class DataSplit
{
    internal DataSplit(string name, string folder, string source, ClassTable classes, IReadOnlyList<LabeledImage> images)
    {
        (Name, Folder, Source, Classes, Images) = (name, folder, source, classes, images);
        HasMasks = images.Any(p => p.Objects.Count > 0)
            && images.All(p => p.Objects.All(o => o.IsCrowd || o.Segmentation is not null));
    }

    /// <summary>As the data set names it.</summary>
    public string Name { get; }

    /// <summary>Folder of the images.</summary>
    public string Folder { get; }

    /// <summary>The file (COCO) or folder (YOLO, VOC) of its annotations.</summary>
    public string Source { get; }

    /// <summary>The data set's classes.</summary>
    public ClassTable Classes { get; }

    /// <summary>In the order of the data set's files.</summary>
    public IReadOnlyList<LabeledImage> Images { get; }

    /// <summary>True if there are objects and every one but crowds has a mask.</summary>
    public bool HasMasks { get; }
}
