using System.Diagnostics;
using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>
/// Measures a detector on labeled images as COCO does. <c>rfdetr eval</c>, <c>benchmark --data</c> and <c>quantize</c> call it.
/// </summary>
public static class Evaluator
{
    /// <summary>
    /// Shows a detector the images of a split and compares its detections with the labels. Every score counts, as the measures
    /// need it.
    /// </summary>
    /// <param name="detector">The detector; stays the caller's.</param>
    /// <param name="split">Labeled images.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Receives the number of images done.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range; there is no image; masks are asked for and missing; or a class with objects is not among the
    /// model's.
    /// </exception>
    /// <exception cref="ImageContentException">
    /// An image is damaged: measures of a part would look like those of the whole.
    /// </exception>
    /// <exception cref="DataSetFormatException">
    /// An image has another size than its labels say, or a mask is malformed.
    /// </exception>
    /// <exception cref="IOException">An image cannot be read.</exception>
    public static async Task<DetectorEvaluation> RunAsync(
        Detector detector, DataSplit split, EvaluateOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(split);
        options ??= new EvaluateOptions();
        options.Validate();
        if (split.Images.Count == 0)
            throw new ArgumentException($"the split '{split.Name}' has no images to look at");
        ClassMatching classes = options.Classes ?? ClassMatching.ByName(detector.Model.Classes, split);
        bool masks = ComparesMasks(options.Kind, detector.Model, split);

        LabeledImage[] images = [.. split.Images.Take(options.MostImages ?? int.MaxValue)];
        var evaluation = new DetectionEvaluation(split.Classes, masks, options.Metrics);
        var detect = new DetectOptions
        {
            ScoreThreshold = 0,
            NumSelect = options.NumSelect,
            ResizeRule = options.ResizeRule,
            Heads = masks ? null : [Head.Boxes]
        };
        var times = new List<StageTimes>(images.Length);
        long start = Stopwatch.GetTimestamp();
        IAsyncEnumerable<(string Path, Detections Result)> all =
            detector.DetectManyAsync(images.Select(p => p.File), detect, options.Batch, cancellationToken);
        await foreach ((_, Detections found) in all.ConfigureAwait(false))
        {
            LabeledImage image = images[times.Count];
            CheckSize(image, found);
            evaluation.Add(image, classes.Found(image, found));
            times.Add(found.Times);
            progress?.Report(times.Count);
        }

        var spent = EvaluationTimes.Of(times, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        EvaluationSummary summary =
            await Task.Run(() => evaluation.Complete(cancellationToken), cancellationToken).ConfigureAwait(false);
        return new(detector.Model, split, images, classes, evaluation.Found, summary, spent);
    }

    private static bool ComparesMasks(EvaluationKind? kind, ModelInfo model, DataSplit split)
    {
        if (kind == EvaluationKind.Masks && !model.Has(Head.Masks))
            throw new ArgumentException("masks cannot be compared: the model finds none; take a seg-… variant, or compare boxes");
        if (kind == EvaluationKind.Masks && !split.HasMasks)
            throw new ArgumentException(
                $"masks cannot be compared: not every object of the split '{split.Name}' has one; compare boxes");
        return kind != EvaluationKind.Boxes && model.Has(Head.Masks) && split.HasMasks;
    }

    private static void CheckSize(LabeledImage image, Detections found)
    {
        if ((found.Width, found.Height) == (image.Width, image.Height))
            return;
        string sizes =
            Invariant.Text($"has {found.Width}×{found.Height} pixels, its labels say {image.Width}×{image.Height}");
        throw new DataSetFormatException(image.File, $"{sizes} (width × height); see 'rfdetr data doctor'");
    }
}
