namespace RfDetr.Data;

/// <summary>What an evaluation found.</summary>
/// <param name="Metrics">COCO's numbers and curves.</param>
/// <param name="Classes">What became of each class's detections, in the order of <see cref="CocoMetrics.CategoryIds"/>.</param>
public sealed record CocoEvaluation(CocoMetrics Metrics, IReadOnlyList<ClassOutcomes> Classes);
