namespace RfDetr.Data;

/// <summary>Result of an evaluation.</summary>
/// <param name="Metrics">COCO's numbers and curves.</param>
/// <param name="Classes">What became of each class's detections, in the order of <see cref="CocoMetrics.CategoryIds"/>.</param>
public sealed record CocoEvaluation(CocoMetrics Metrics, IReadOnlyList<ClassOutcomes> Classes);
