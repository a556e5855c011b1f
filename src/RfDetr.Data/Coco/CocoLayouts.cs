namespace RfDetr.Data;

/// <summary>Both layouts of COCO files: images beside the file, or in a folder named like the split.</summary>
internal static class CocoLayouts
{
    public static (ClassTable, List<DataSplit>) Read(LayoutFinder.Found found, DataSetOptions options, ProblemList problems)
    {
        var files = new List<(string Split, CocoFile File)>();
        foreach ((string split, string path) in found.Files)
        {
            try
            {
                files.Add((split, CocoFile.Read(path, options.Coco)));
            }
            catch (DataSetFormatException e)
            {
                problems.Add(e);
            }
        }

        if (files.Count == 0)
            throw problems.Found[0];
        var used = files.SelectMany(f => f.File.Annotations).Select(a => a.CategoryId).ToHashSet();
        ClassTable classes = ClassTable.FromCategories(files[0].File.Path, AllCategories(files, problems), used, options.Classes);
        return (classes, [.. files.Select(f => Split(found, f.Split, f.File, classes, problems))]);
    }

    /// <summary>The categories of all splits together; a split may lack some, but none may give an id another name.</summary>
    private static Dictionary<long, CocoCategory>.ValueCollection AllCategories(List<(string Split, CocoFile File)> files, ProblemList problems)
    {
        var all = new Dictionary<long, CocoCategory>();
        foreach ((_, CocoFile file) in files)
        {
            foreach (CocoCategory category in file.Categories)
            {
                if (all.TryAdd(category.Id, category) || all[category.Id].Name == category.Name)
                    continue;
                problems.Add(new DataSetFormatException(file.Path, FormattableString.Invariant(
                    $"category {category.Id} is '{category.Name}', but in '{files[0].File.Path}' it is '{all[category.Id].Name}'; the splits must share their categories.")));
            }
        }

        return all.Values;
    }

    private static DataSplit Split(LayoutFinder.Found found, string name, CocoFile file, ClassTable classes, ProblemList problems)
    {
        string folder = found.Layout == DataSetLayout.RoboflowCoco ? Path.GetDirectoryName(Path.GetFullPath(file.Path))! : ImageFolder(found.Root, name, file);
        ILookup<long, CocoAnnotation> annotations = file.Annotations.ToLookup(a => a.ImageId);
        var images = new List<LabeledImage>(file.Images.Count);
        for (int i = 0; i < file.Images.Count; i++)
        {
            CocoImage image = file.Images[i];
            if (SafePaths.Below(folder, image.FileName) is not { } path)
            {
                problems.Add(new DataSetFormatException(file.Path, FormattableString.Invariant(
                    $"images[{i}].file_name is '{image.FileName}', which leads out of '{folder}'; it must be a path below it.")));
                continue;
            }

            LabeledObject[] objects = [.. annotations[image.Id].Where(a => classes.TryGetByCategory(a.CategoryId, out _)).Select(a => Object(a, classes))];
            images.Add(new LabeledImage(image.Id, path, SafePaths.Relative(folder, path), image.Width, image.Height, objects));
        }

        return new DataSplit(name, folder, file.Path, classes, MissingImages.Remove(images, file.Path, folder, problems));
    }

    private static LabeledObject Object(CocoAnnotation annotation, ClassTable classes)
    {
        _ = classes.TryGetByCategory(annotation.CategoryId, out DataClass? found);
        return new LabeledObject
        {
            Id = annotation.Id,
            ClassIndex = found!.Index,
            Box = annotation.Box,
            Area = annotation.Area,
            IsCrowd = annotation.IsCrowd,
            Segmentation = annotation.Segmentation,
        };
    }

    /// <summary>The first of the usual places where the split's first image is.</summary>
    private static string ImageFolder(string root, string split, CocoFile file)
    {
        string[] candidates = [Path.Combine(root, split), Path.Combine(root, "images", split), Path.Combine(root, "images"), root];
        if (file.Images.Count > 0)
        {
            string first = file.Images[0].FileName;
            if (candidates.FirstOrDefault(c => SafePaths.Below(c, first) is { } path && File.Exists(path)) is { } found)
                return found;
        }

        return candidates.FirstOrDefault(Directory.Exists) ?? root;
    }
}
