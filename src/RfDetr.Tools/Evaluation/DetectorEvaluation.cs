using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>A detector evaluated on labeled images: the measures, and everything that reports show beside them.</summary>
/// <param name="Model">The model.</param>
/// <param name="Split">The split of the data set.</param>
/// <param name="Images">The images that were evaluated: all of the split's or the first ones.</param>
/// <param name="Classes">The class of the data set for each class of the model.</param>
/// <param name="Found">All detections in the data set's classes, image by image.</param>
/// <param name="Summary">COCO's measures of boxes and, where there are any, of masks.</param>
/// <param name="Times">Time that it took, by stage.</param>
public sealed record DetectorEvaluation(
    ModelInfo Model, DataSplit Split, IReadOnlyList<LabeledImage> Images, ClassMatching Classes, IReadOnlyList<FoundObject> Found,
    EvaluationSummary Summary, EvaluationTimes Times)
{
    /// <summary>
    /// The score threshold of the highest mean F1 (at IoU 0.5), for use with the model; of masks where there are any.
    /// </summary>
    public double BestThreshold => Summary.BestThreshold;
}

/// <summary>Time that an evaluation took, by stage.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="TotalMs">From the first image to the last, in milliseconds; stages of different images overlap in it.</param>
/// <param name="Mean">Mean of each stage per image.</param>
public sealed record EvaluationTimes(int Images, double TotalMs, StageTimes Mean)
{
    internal static EvaluationTimes Of(IReadOnlyList<StageTimes> times, double totalMs)
    {
        double Mean(Func<StageTimes, double> stage) => times.Count == 0 ? 0 : times.Average(stage);
        return new(
            times.Count, totalMs,
            new StageTimes
            {
                DecodeMs = Mean(t => t.DecodeMs),
                PreprocessMs = Mean(t => t.PreprocessMs),
                InferenceMs = Mean(t => t.InferenceMs),
                PostprocessMs = Mean(t => t.PostprocessMs),
            });
    }

    /// <summary>One sentence in English.</summary>
    public override string ToString() => Invariant.Text(
        $"{Images} images in {TotalMs / 1000:0.0} s ({Images * 1000 / Math.Max(TotalMs, 1):0.0} per second); per image: ")
        + Invariant.Text($"decode {Mean.DecodeMs:0.0} ms, pre-process {Mean.PreprocessMs:0.0} ms, ")
        + Invariant.Text($"inference {Mean.InferenceMs:0.0} ms, post-process {Mean.PostprocessMs:0.0} ms");
}
