namespace RfDetr.Data;

/// <summary>
/// The work that must wait until the whole file is read, because its lists come in any order: unique ids, values that follow from
/// others.
/// </summary>
internal static class CocoLinks
{
    /// <summary>Makes the file from its lists.</summary>
    /// <exception cref="DataSetFormatException">A category id has two names, or a box cannot be computed.</exception>
    public static CocoFile Complete(
        string path, List<CocoImage> images, List<CocoCategory> categories, List<CocoAnnotation> annotations, CocoIds ids,
        ProblemList problems)
    {
        var byId = new Dictionary<long, int>(images.Count, MixedHash.Instance);
        var kept = new List<CocoImage>(images.Count);
        for (int i = 0; i < images.Count; i++)
        {
            if (byId.TryAdd(images[i].Id, kept.Count))
                kept.Add(images[i]);
            else
                problems.Flaw(
                    DataFlaw.RepeatedImage, path, $"images[{i}] '{images[i].FileName}' has id {ids.Text(images[i].Id)}");
        }

        List<CocoCategory> classes = Unique(path, categories, ids, problems);
        for (int i = 0; i < annotations.Count; i++)
        {
            CocoAnnotation annotation = annotations[i];
            if (annotation.Area != CocoEntries.NoArea && !double.IsNaN(annotation.Box.X))
                continue;
            (int height, int width) = byId.TryGetValue(annotation.ImageId, out int at)
                ? (kept[at].Height, kept[at].Width)
                : (0, 0);
            try
            {
                annotations[i] = Fill(annotation, height, width);
            }
            catch (AnnotationFormatException e)
            {
                problems.Add(new DataSetFormatException(path, annotation.Segmentation is CocoBrokenMask broken
                    ? broken.Reason
                    : Invariant.Text($"annotations[{i}].segmentation cannot be used: {e.Message}"), e));
            }
        }

        return new CocoFile(path, kept, classes, annotations) { Ids = ids };
    }

    /// <summary>
    /// Gives an annotation the box and the area that its file does not. Where the image's size is not known either (0), the box
    /// stays NaN.
    /// </summary>
    /// <exception cref="AnnotationFormatException">There is no box, and the mask is malformed.</exception>
    public static CocoAnnotation Fill(CocoAnnotation annotation, int height, int width)
    {
        BoxXywh box = annotation.Box;
        double area = annotation.Area;
        bool noBox = double.IsNaN(box.X);
        if (annotation.Segmentation is { } segmentation && ((height > 0 && width > 0) || segmentation is CocoBrokenMask))
        {
            try
            {
                RleMask mask = segmentation.ToMask(height, width);
                box = noBox ? BoxXywh.From(mask.BoundingBox) : box;
                area = area == CocoEntries.NoArea ? mask.Area : area;
            }
            catch (AnnotationFormatException) when (!noBox)
            {
                // The box is there; the mask is the business of whoever asks for it.
            }
        }

        if (area == CocoEntries.NoArea && !double.IsNaN(box.X))
            area = box.Area;
        return annotation with { Box = box, Area = area };
    }

    private static List<CocoCategory> Unique(string path, List<CocoCategory> categories, CocoIds ids, ProblemList problems)
    {
        var known = new Dictionary<long, int>(categories.Count, MixedHash.Instance);
        var kept = new List<CocoCategory>(categories.Count);
        for (int i = 0; i < categories.Count; i++)
        {
            CocoCategory category = categories[i];
            if (known.TryAdd(category.Id, i))
                kept.Add(category);
            else if (categories[known[category.Id]].Name != category.Name)
                problems.Add(new DataSetFormatException(
                    path,
                    $"categories[{i}].id is {ids.Text(category.Id)}, which categories[{known[category.Id]}] has already; ids "
                    + "must be unique."));
        }

        return kept;
    }
}
