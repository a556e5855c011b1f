using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>A detector evaluated on labeled images: the measures, and everything that reports show beside them.</summary>
/// <param name="Model">The model.</param>
/// <param name="Split">The split of the data set.</param>
/// <param name="Images">The images that were evaluated: all of the split's or the first ones.</param>
/// <param name="Classes">The class of the data set for each class of the model.</param>
/// <param name="Found">All detections in the data set's classes, image by image.</param>
/// <param name="Summary">COCO's measures of boxes and, where there are any, of masks.</param>
/// <param name="Times">Where the time went.</param>
public sealed record DetectorEvaluation(
    ModelInfo Model, DataSplit Split, IReadOnlyList<LabeledImage> Images, ClassMatching Classes, IReadOnlyList<FoundObject> Found,
    EvaluationSummary Summary, EvaluationTimes Times)
{
    /// <summary>
    /// The score threshold of the highest mean F1 (at IoU 0.5), for use with the model; of masks where there are any.
    /// </summary>
    public double BestThreshold => Summary.BestThreshold;
}
