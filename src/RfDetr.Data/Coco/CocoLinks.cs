
namespace RfDetr.Data;

/// <summary>What can only be done when the whole file is read, because its lists come in any order: ids that refer, values that follow from others.</summary>
internal static class CocoLinks
{
    public static List<CocoAnnotation> Complete(
        string path, List<CocoImage> images, List<CocoCategory> categories, List<CocoAnnotation> annotations)
    {
        Dictionary<long, int> byId = Unique(path, "images", images, image => image.Id);
        Dictionary<long, int> classes = Unique(path, "categories", categories, category => category.Id);
        for (int i = 0; i < annotations.Count; i++)
        {
            CocoAnnotation annotation = annotations[i];
            if (!byId.TryGetValue(annotation.ImageId, out int image))
                throw Dangling(path, i, "image_id", annotation.ImageId, "images");
            if (!classes.ContainsKey(annotation.CategoryId))
                throw Dangling(path, i, "category_id", annotation.CategoryId, "categories");
            if (double.IsNaN(annotation.Area) || double.IsNaN(annotation.Box.X))
                annotations[i] = Fill(path, i, annotation, images[image]);
        }

        return annotations;
    }

    private static CocoAnnotation Fill(string path, int index, CocoAnnotation annotation, CocoImage image)
    {
        BoxXywh box = annotation.Box;
        double area = annotation.Area;
        if (annotation.Segmentation is { } segmentation)
        {
            try
            {
                RleMask mask = segmentation.ToMask(image.Height, image.Width);
                box = double.IsNaN(box.X) ? BoxXywh.From(mask.BoundingBox) : box;
                area = double.IsNaN(area) ? mask.Area : area;
            }
            catch (AnnotationFormatException e)
            {
                throw new DataSetFormatException(path, FormattableString.Invariant($"annotations[{index}].segmentation cannot be used: {e.Message}"), e);
            }
        }

        return annotation with { Box = box, Area = double.IsNaN(area) ? box.Area : area };
    }

    private static Dictionary<long, int> Unique<T>(string path, string section, List<T> entries, Func<T, long> id)
    {
        var known = new Dictionary<long, int>(entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            if (!known.TryAdd(id(entries[i]), i))
                throw new DataSetFormatException(path, FormattableString.Invariant($"{section}[{i}].id is {id(entries[i])}, which {section}[{known[id(entries[i])]}] has already; ids must be unique."));
        }

        return known;
    }

    private static DataSetFormatException Dangling(string path, int index, string field, long value, string section) =>
        new(path, FormattableString.Invariant($"annotations[{index}].{field} is {value}, but no entry of '{section}' has that id."));
}
