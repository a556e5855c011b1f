
namespace RfDetr.Data;

/// <summary>A ground-truth file and a result file as input of the evaluator, by the rules of pycocotools' <c>loadRes</c>.</summary>
public static class CocoComparison
{
    /// <summary>Reads both files and evaluates.</summary>
    /// <param name="truthPath">COCO ground truth.</param>
    /// <param name="resultsPath">A list of detections.</param>
    /// <param name="options">Null for COCO's own.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DataSetFormatException">A file is not COCO's format, they do not belong together, or masks are needed and missing.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static EvaluationResult Run(string truthPath, string resultsPath, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = (options ?? new EvaluationOptions()).Validated();
        CocoFile truth = CocoFile.Read(truthPath);
        EvaluationInput input = Match(truth, CocoFile.ReadResults(resultsPath), resultsPath, options.Kind);
        return EvaluationResult.Of(input, truth.Categories.Select(c => new EvaluationClass(c.Id, c.Name)), options, cancellationToken);
    }

    /// <summary>Brings truth and detections together.</summary>
    /// <param name="truth">The ground truth.</param>
    /// <param name="results">The detections.</param>
    /// <param name="resultsName">What messages call the detections.</param>
    /// <param name="kind">Masks are decoded only where they are compared.</param>
    /// <exception cref="DataSetFormatException">A detection is of an image that is not there, or masks are needed and missing.</exception>
    public static EvaluationInput Match(CocoFile truth, IReadOnlyList<CocoDetection> results, string resultsName, EvaluationKind kind)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(results);
        Dictionary<long, CocoImage> images = truth.Images.ToDictionary(i => i.Id);
        var objects = new TruthObject[truth.Annotations.Count];
        ForEach(objects.Length, truth.Path, "annotations", i => objects[i] = Truth(truth.Annotations[i], images, kind));

        // The first entry decides what a detection's area is: pycocotools looks at no other.
        bool areaOfBox = results.Count > 0 && results[0].Box is not null;
        var found = new FoundObject[results.Count];
        ForEach(found.Length, resultsName, null, i => found[i] = Found(results[i], images, truth.Path, kind, areaOfBox));
        return new([.. truth.Images.Select(i => i.Id)], [.. truth.Categories.Select(c => c.Id)], objects, found);
    }

    private static TruthObject Truth(CocoAnnotation a, Dictionary<long, CocoImage> images, EvaluationKind kind)
    {
        RleMask? mask = null;
        if (kind == EvaluationKind.Masks)
        {
            CocoImage image = images[a.ImageId];
            mask = a.Segmentation?.ToMask(image.Height, image.Width)
                ?? throw new AnnotationFormatException($"annotation {a.Id} has no 'segmentation'; compare boxes (kind bbox), or give every annotation a mask");
        }

        return new(a.ImageId, a.CategoryId, a.Box, a.Area) { Crowd = a.IsCrowd, NeverFound = a.Id == 0, Mask = mask };
    }

    private static FoundObject Found(CocoDetection d, Dictionary<long, CocoImage> images, string truthName, EvaluationKind kind, bool areaOfBox)
    {
        if (!images.TryGetValue(d.ImageId, out CocoImage? image))
            throw new AnnotationFormatException($"is of image {d.ImageId}, which '{truthName}' does not have; are the detections of another data set or split?");
        RleMask? mask = null;
        if (kind == EvaluationKind.Masks || d.Box is null)
            mask = d.Segmentation?.ToMask(image.Height, image.Width) ?? OfBox(d.Box!.Value, image);
        BoxXywh box = d.Box ?? BoxXywh.From(mask!.BoundingBox);
        double? area = areaOfBox ? box.Width * box.Height : mask?.Area;
        return new(d.ImageId, d.CategoryId, d.Score, box, area) { Mask = kind == EvaluationKind.Masks ? mask : null };
    }

    private static RleMask OfBox(BoxXywh box, CocoImage image)
    {
        (double right, double bottom) = (box.X + box.Width, box.Y + box.Height);
        return RleMask.FromPolygons(image.Height, image.Width, [[box.X, box.Y, box.X, bottom, right, bottom, right, box.Y]]);
    }

    /// <summary>Decodes on all cores; the first malformed entry is named.</summary>
    private static void ForEach(int count, string file, string? list, Action<int> decode)
    {
        var failures = new (int Index, AnnotationFormatException Error)?[1];
        Parallel.For(0, count, (i, state) =>
        {
            if (state.LowestBreakIteration < i)
                return;
            try
            {
                decode(i);
            }
            catch (AnnotationFormatException e)
            {
                lock (failures)
                {
                    if (failures[0] is not { } first || i < first.Index)
                        failures[0] = (i, e);
                }

                state.Break();
            }
        });
        if (failures[0] is { } failed)
            throw new DataSetFormatException(file, FormattableString.Invariant($"{list ?? "detection"}[{failed.Index}]: {failed.Error.Message}"), failed.Error);
    }
}
