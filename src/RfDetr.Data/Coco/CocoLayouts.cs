namespace RfDetr.Data;

/// <summary>Both layouts of COCO files: images beside the file, or in a folder named like the split.</summary>
internal static class CocoLayouts
{
    public static (ClassTable, List<DataSplit>) Read(LayoutFinder.Found found, DataSetOptions options, ProblemList problems)
    {
        var root = new DataFolder(found.Root, options.FollowLinks);
        var files = new List<(string Split, CocoFile File)>();
        foreach ((string split, string path) in found.Files)
        {
            try
            {
                files.Add((split, CocoFile.Read(found.Named ? path : Allowed(root, path), options.Coco, problems)));
            }
            catch (DataSetFormatException e)
            {
                problems.Add(e);
            }
        }

        if (files.Count == 0)
            throw problems.Found[0];
        var used = files.SelectMany(f => f.File.Annotations).Select(a => a.CategoryId).ToHashSet(MixedHash.Instance);
        ClassTable classes = ClassTable.FromCategories(files[0].File.Path, AllCategories(files, problems), used, options.Classes);
        return (classes, [.. files.Select(f => Split(root, found, f.Split, f.File, classes, problems))]);
    }

    // A file that the user named himself may be a link to anywhere; one that was found in the folder may not.
    private static string Allowed(DataFolder root, string path) =>
        root.Allows(Path.GetFullPath(path), out string? problem) ? path : throw new DataSetFormatException(path, $"{problem}.");

    /// <summary>The categories of all splits together; a split may lack some, but none may give an id another name.</summary>
    private static Dictionary<long, CocoCategory>.ValueCollection AllCategories(
        List<(string Split, CocoFile File)> files, ProblemList problems)
    {
        var all = new Dictionary<long, CocoCategory>(MixedHash.Instance);
        foreach ((_, CocoFile file) in files)
        {
            for (int i = 0; i < file.Categories.Count; i++)
            {
                CocoCategory category = file.Categories[i];
                if (string.IsNullOrWhiteSpace(category.Name))
                    problems.Add(new DataSetFormatException(file.Path, $"categories[{i}] has no 'name'."));
                if (all.TryAdd(category.Id, category) || all[category.Id].Name == category.Name)
                    continue;
                problems.Add(new DataSetFormatException(file.Path,
                    $"category {file.Ids.Text(category.Id)} is '{category.Name}', but in '{files[0].File.Path}' it is "
                    + $"'{all[category.Id].Name}'; "
                    + "the splits must share their categories."));
            }
        }

        return all.Values;
    }

    private static DataSplit Split(
        DataFolder root, LayoutFinder.Found found, string name, CocoFile file, ClassTable classes, ProblemList problems)
    {
        string folder = found.Layout == DataSetLayout.RoboflowCoco
            ? Path.GetDirectoryName(Path.GetFullPath(file.Path))!
            : ImageFolder(root, name, file);
        Dictionary<long, List<CocoAnnotation>> annotations = ByImage(file, problems);
        var images = new List<LabeledImage>(file.Images.Count);
        for (int i = 0; i < file.Images.Count; i++)
        {
            CocoImage image = file.Images[i];
            if (image.FileName.Length == 0)
            {
                problems.Add(new DataSetFormatException(file.Path, $"images[{i}] has no 'file_name'."));
                continue;
            }

            if (root.Find(folder, image.FileName, out string? problem) is not { } path)
            {
                problems.Add(
                    new DataSetFormatException(file.Path, $"images[{i}].file_name is '{image.FileName}', which {problem}."));
                continue;
            }

            images.Add(new LabeledImage(image.Id, path, ImageNames.Relative(folder, path), image.Width, image.Height, []));
        }

        images = MissingImages.Remove(images, file.Path, folder, problems);
        images = OwnSizes.Fill(images, file.Path, problems, (_, image) => image);
        var labeled = new List<LabeledImage>(images.Count);
        foreach (LabeledImage image in images)
        {
            List<CocoAnnotation> own = annotations.GetValueOrDefault(image.Id) ?? [];
            labeled.Add(
                image with { Objects = [.. own.Select(a => Object(file, image, a, classes, problems)).OfType<LabeledObject>()] });
        }

        return new DataSplit(name, folder, file.Path, classes, labeled);
    }

    /// <summary>The annotations that can be used, by image.</summary>
    private static Dictionary<long, List<CocoAnnotation>> ByImage(CocoFile file, ProblemList problems)
    {
        var images = new HashSet<long>(file.Images.Select(i => i.Id), MixedHash.Instance);
        var categories = new HashSet<long>(file.Categories.Select(c => c.Id), MixedHash.Instance);
        var seen = new Dictionary<long, CocoAnnotation>(MixedHash.Instance);
        var byImage = new Dictionary<long, List<CocoAnnotation>>(MixedHash.Instance);
        for (int i = 0; i < file.Annotations.Count; i++)
        {
            CocoAnnotation a = file.Annotations[i];
            if (!images.Contains(a.ImageId))
                problems.Flaw(DataFlaw.UnknownImage, file.Path, $"annotations[{i}].image_id is {file.Ids.Text(a.ImageId)}");
            else if (!categories.Contains(a.CategoryId))
                problems.Flaw(
                    DataFlaw.UndeclaredCategory, file.Path, $"annotations[{i}].category_id is {file.Ids.Text(a.CategoryId)}");
            else if (!seen.TryAdd(a.Id, a) && Same(seen[a.Id], a))
                problems.Flaw(DataFlaw.RepeatedAnnotation, file.Path, $"annotations[{i}] repeats id {file.Ids.Text(a.Id)}");
            else if (byImage.TryGetValue(a.ImageId, out List<CocoAnnotation>? own))
                own.Add(a);
            else
                byImage.Add(a.ImageId, [a]);
            if (a.Area < 0 || double.IsNaN(a.Area))
                problems.Flaw(DataFlaw.OddArea, file.Path, Invariant.Text($"annotations[{i}].area is {a.Area}"));
        }

        return byImage;
    }

    private static bool Same(CocoAnnotation a, CocoAnnotation b) =>
        a.ImageId == b.ImageId && a.CategoryId == b.CategoryId && a.Box == b.Box;

    private static LabeledObject? Object(
        CocoFile file, LabeledImage image, CocoAnnotation annotation, ClassTable classes, ProblemList problems)
    {
        if (!classes.TryGetByCategory(annotation.CategoryId, out DataClass? found))
            return null; // the grouping category, which has no objects, or a category whose id is broken
        if (annotation.Area is < 0 or double.NaN)
            annotation = annotation with { Area = CocoEntries.NoArea };
        if (annotation.Area == CocoEntries.NoArea || double.IsNaN(annotation.Box.X))
        {
            try
            {
                annotation = CocoLinks.Fill(annotation, image.Height, image.Width);
            }
            catch (AnnotationFormatException e)
            {
                string id = file.Ids.Text(annotation.Id);
                problems.Add(
                    new DataSetFormatException(file.Path,
                        $"annotation {id} of '{image.Name}' has no bbox, and its mask cannot be used: {e.Message}", e));
                return null;
            }
        }

        return new LabeledObject
        {
            Id = annotation.Id,
            ClassIndex = found.Index,
            Box = annotation.Box,
            Area = annotation.Area,
            IsCrowd = annotation.IsCrowd,
            Segmentation = annotation.Segmentation,
        };
    }

    /// <summary>The first of the usual places where the split's first image is.</summary>
    private static string ImageFolder(DataFolder root, string split, CocoFile file)
    {
        string[] candidates = [Path.Combine(root.Path, split), Path.Combine(root.Path, "images", split),
            Path.Combine(root.Path, "images"), root.Path];
        string? first = file.Images.Select(i => i.FileName).FirstOrDefault(n => n.Length > 0);
        return candidates.FirstOrDefault(c => first is not null && root.Find(c, first, out _) is { } path && File.Exists(path))
            ?? candidates.FirstOrDefault(Directory.Exists)
            ?? root.Path;
    }
}
