namespace RfDetr.Data;

/// <summary>
/// A ground-truth file and a result file as input of the evaluator, by the rules of pycocotools' <c>loadRes</c>.
/// </summary>
internal static class CocoComparison
{
    /// <summary>Reads both files and evaluates.</summary>
    /// <param name="truthPath">COCO ground truth.</param>
    /// <param name="resultsPath">A list of detections.</param>
    /// <param name="options">Null for COCO's own.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DataSetFormatException">
    /// A file is not COCO's format, they do not belong together, or masks are needed and missing.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static EvaluationResult Run(
        string truthPath, string resultsPath, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = (options ?? new EvaluationOptions()).Validated();
        CocoFile truth = CocoFile.Read(truthPath);
        EvaluationInput input = Match(truth, CocoFile.ReadResults(resultsPath, truth.Ids), resultsPath, options.Kind);
        IEnumerable<EvaluationClass> classes = truth.Categories.Select(
            c => new EvaluationClass(c.Id, c.Name.Length > 0 ? c.Name : $"category {truth.Ids.Text(c.Id)}"));
        return EvaluationResult.Of(input, classes, options, cancellationToken);
    }

    /// <summary>Brings truth and detections together.</summary>
    /// <param name="truth">The ground truth.</param>
    /// <param name="results">The detections.</param>
    /// <param name="resultsName">Name of the detections in messages.</param>
    /// <param name="kind">Masks are decoded only where they are compared.</param>
    /// <exception cref="DataSetFormatException">
    /// A detection is of an image that is not there, or masks are needed and missing.
    /// </exception>
    public static EvaluationInput Match(
        CocoFile truth, IReadOnlyList<CocoDetection> results, string resultsName, EvaluationKind kind)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(results);
        var images = new Dictionary<long, CocoImage>(MixedHash.Instance);
        foreach (CocoImage image in truth.Images)
            images.TryAdd(image.Id, image);
        (CocoAnnotation Annotation, int Index)[] annotations = AsPycocotoolsLoads(truth, images);
        var objects = new TruthObject[annotations.Length];
        ForEach(objects.Length, truth.Path, "annotations", i => objects[i] = Truth(annotations[i].Annotation, images, kind),
            i => annotations[i].Index);

        // The first entry decides what a detection's area is: pycocotools looks at no other.
        bool areaOfBox = results.Count > 0 && results[0].Box is not null;
        var found = new FoundObject[results.Count];
        ForEach(found.Length, resultsName, null, i => found[i] = Found(results[i], images, truth, kind, areaOfBox));
        EvaluationInput input = new([.. truth.Images.Select(i => i.Id)], [.. truth.Categories.Select(c => c.Id)], objects, found);
        return truth.Ids.Ranks(images.Keys) is { } ranks ? Ranked(input, ranks) : input;
    }

    /// <summary>
    /// pycocotools keeps annotations in a table by their id: of several with one id, the last stands in for all of them.
    /// Annotations of images or categories that are not declared are never looked at.
    /// </summary>
    /// <returns>The shapes to compare, each with its place in the file.</returns>
    private static (CocoAnnotation Annotation, int Index)[] AsPycocotoolsLoads(CocoFile truth, Dictionary<long, CocoImage> images)
    {
        var categories = new HashSet<long>(truth.Categories.Select(c => c.Id), MixedHash.Instance);
        var last = new Dictionary<long, int>(truth.Annotations.Count, MixedHash.Instance);
        for (int i = 0; i < truth.Annotations.Count; i++)
            last[truth.Annotations[i].Id] = i;
        return
        [
            .. truth.Annotations.Where(a => images.ContainsKey(a.ImageId) && categories.Contains(a.CategoryId))
                .Select(a => last[a.Id]).Select(i => (truth.Annotations[i], i)).Where(a => images.ContainsKey(a.Item1.ImageId)),
        ];
    }

    /// <summary>The same with ranks for image ids; see <see cref="CocoIds.Ranks"/>.</summary>
    private static EvaluationInput Ranked(EvaluationInput input, Dictionary<long, long> ranks) => new(
        [.. input.ImageIds.Select(id => ranks[id])],
        input.CategoryIds,
        [.. input.Truth.Select(t => t with { ImageId = ranks[t.ImageId] })],
        [.. input.Found.Select(f => f with { ImageId = ranks[f.ImageId] })]);

    private static TruthObject Truth(CocoAnnotation a, Dictionary<long, CocoImage> images, EvaluationKind kind)
    {
        RleMask? mask = null;
        if (kind == EvaluationKind.Masks)
        {
            (int height, int width) = Size(images[a.ImageId]);
            mask = a.Segmentation?.ToMask(height, width)
                ?? throw new AnnotationFormatException(
                    $"annotation {a.Id} has no 'segmentation'; compare boxes (kind bbox), or give every annotation a mask");
        }

        if (double.IsNaN(a.Box.X))
            throw new AnnotationFormatException(
                $"annotation {a.Id} has no 'bbox', and its image no 'width' and 'height' to compute one from the mask");
        return new(a.ImageId, a.CategoryId, a.Box, a.Area) { Crowd = a.IsCrowd, NeverFound = a.Id == 0, Mask = mask };
    }

    private static FoundObject Found(
        CocoDetection d, Dictionary<long, CocoImage> images, CocoFile truth, EvaluationKind kind, bool areaOfBox)
    {
        if (!images.TryGetValue(d.ImageId, out CocoImage? image))
        {
            throw new AnnotationFormatException(
                $"is of image {truth.Ids.Text(d.ImageId)}, which '{truth.Path}' does not have; are the detections of another "
                + "data set or split?");
        }

        RleMask? mask = null;
        if (kind == EvaluationKind.Masks || d.Box is null)
        {
            (int height, int width) = Size(image);
            mask = d.Segmentation?.ToMask(height, width) ?? OfBox(d.Box!.Value, height, width);
        }

        BoxXywh box = d.Box ?? BoxXywh.From(mask!.BoundingBox);
        double? area = areaOfBox ? box.Width * box.Height : mask?.Area;
        return new(d.ImageId, d.CategoryId, d.Score, box, area) { Mask = kind == EvaluationKind.Masks ? mask : null };
    }

    private static (int Height, int Width) Size(CocoImage image) => image.Height > 0 && image.Width > 0
        ? (image.Height, image.Width)
        : throw new AnnotationFormatException(
            $"its image '{image.FileName}' has no 'width' and 'height', which masks need; give them, or compare boxes (kind "
            + "bbox)");

    private static RleMask OfBox(BoxXywh box, int height, int width)
    {
        (double right, double bottom) = (box.X + box.Width, box.Y + box.Height);
        return RleMask.FromPolygons(height, width, [[box.X, box.Y, box.X, bottom, right, bottom, right, box.Y]]);
    }

    /// <summary>Decodes on all cores; the first malformed entry is named.</summary>
    private static void ForEach(int count, string file, string? list, Action<int> decode, Func<int, int>? place = null)
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
            throw new DataSetFormatException(file,
                Invariant.Text(
                    $"{list ?? "detection"}[{place?.Invoke(failed.Index) ?? failed.Index}]: {failed.Error.Message}"),
                    failed.Error);
    }
}
