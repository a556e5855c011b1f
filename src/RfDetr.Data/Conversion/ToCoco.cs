namespace RfDetr.Data;

/// <summary>Writes Roboflow's COCO layout: everything that a data set here knows has a place in it.</summary>
internal static class ToCoco
{
    public static List<(string From, string To)> Write(DataSet data, string folder)
    {
        var files = new List<(string, string)>();
        List<CocoCategory> categories = [.. data.Classes.Select(c => new CocoCategory(c.CategoryId, c.Name, c.Group))];
        if (data.Classes.Grouping is { } group)
            categories.Insert(0, new CocoCategory(group.CategoryId, group.Name, group.Group));
        foreach (DataSplit split in data.Splits)
        {
            string to = Path.Combine(folder, split.Name);
            Directory.CreateDirectory(to);
            bool ids = split.Images.SelectMany(p => p.Objects).DistinctBy(o => o.Id).Count() == split.Images.Sum(p => p.Objects.Count);
            var annotations = new List<CocoAnnotation>();
            foreach (LabeledImage image in split.Images)
            {
                foreach (LabeledObject o in image.Objects)
                    annotations.Add(Annotation(data, image, o, ids ? o.Id : annotations.Count + 1));
                files.Add((image.File, Path.Combine(to, image.Name)));
            }

            List<CocoImage> images = [.. split.Images.Select(p => new CocoImage(p.Id, p.Name, p.Width, p.Height))];
            new CocoFile(to, images, categories, annotations).Write(Path.Combine(to, LayoutFinder.RoboflowFile));
        }

        return files;
    }

    private static CocoAnnotation Annotation(DataSet data, LabeledImage image, LabeledObject o, long id)
    {
        _ = data.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found);
        return new CocoAnnotation
        {
            Id = id,
            ImageId = image.Id,
            CategoryId = found!.CategoryId,
            Box = o.Box,
            Area = o.Area,
            IsCrowd = o.IsCrowd,
            Segmentation = o.Segmentation,
        };
    }
}
