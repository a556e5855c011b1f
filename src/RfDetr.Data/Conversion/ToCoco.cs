namespace RfDetr.Data;

/// <summary>Writes Roboflow's COCO layout: everything that a data set here knows has a place in it.</summary>
internal static class ToCoco
{
    public static ConversionPlan Plan(DataSet data)
    {
        var plan = new ConversionPlan(data, DataSetLayout.RoboflowCoco);
        List<CocoCategory> categories = [.. data.Classes.Select(c => new CocoCategory(c.CategoryId, c.Name, c.Group))];
        if (data.Classes.Grouping is { } group)
            categories.Insert(0, new CocoCategory(group.CategoryId, group.Name, group.Group));
        if (data.Classes.FirstOrDefault(c => string.IsNullOrWhiteSpace(c.Name)) is { } nameless)
            throw plan.Refusal(
                Invariant.Text($"class {nameless.Index} has a blank name, '{nameless.Name}'; COCO needs one."));
        foreach (DataSplit split in data.Splits)
            Split(data, split, categories, plan);
        return plan;
    }

    private static void Split(DataSet data, DataSplit split, List<CocoCategory> categories, ConversionPlan plan)
    {
        long[] all = [.. split.Images.SelectMany(p => p.Objects).Select(o => o.Id)];
        bool ids = all.Distinct(MixedHash.Instance).Count() == all.Length;
        var images = new List<CocoImage>();
        var annotations = new List<CocoAnnotation>();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (LabeledImage image in split.Images)
        {
            string name = plan.NameOf(image);
            foreach (LabeledObject o in image.Objects)
                annotations.Add(Annotation(data, image, o, ids ? o.Id : annotations.Count + 1, plan.Losses));
            images.Add(new CocoImage(image.Id, name, image.Width, image.Height));

            // One image under two ids is two entries of the JSON and one file.
            if (files.TryAdd(image.File, name))
                plan.Add(new PlannedImage(split.Name, image, $"{split.Name}/{name}", image.Objects));
            else
                plan.AddEntry(new PlannedImage(split.Name, image, $"{split.Name}/{name}", image.Objects));
        }

        string to = $"{split.Name}/{LayoutFinder.RoboflowFile}";
        plan.Add(to, $"the annotations of '{split.Name}'",
            stream => CocoWriter.Write(stream, new CocoFile(to, images, categories, annotations)));
    }

    private static CocoAnnotation Annotation(DataSet data, LabeledImage image, LabeledObject o, long id, Losses losses)
    {
        _ = data.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found);
        if (o.Segmentation is CocoBrokenMask)
            losses.Add("masks that cannot be decoded are left out; the box is kept");
        return new CocoAnnotation
        {
            Id = id,
            ImageId = image.Id,
            CategoryId = found!.CategoryId,
            Box = o.Box,
            Area = o.Area,
            IsCrowd = o.IsCrowd,
            Segmentation = o.Segmentation is CocoBrokenMask ? null : o.Segmentation,
        };
    }
}
