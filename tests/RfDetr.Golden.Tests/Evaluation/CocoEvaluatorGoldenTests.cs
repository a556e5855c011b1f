using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class CocoEvaluatorGoldenTests
{
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData(EvaluationKind.Boxes, 100, "bbox_maxDets100")]
    [InlineData(EvaluationKind.Boxes, 500, "bbox_maxDets500")]
    [InlineData(EvaluationKind.Masks, 100, "segm_maxDets100")]
    [InlineData(EvaluationKind.Masks, 500, "segm_maxDets500")]
    public void Numbers_equal_those_of_pycocotools(EvaluationKind kind, int mostDetections, string golden)
    {
        JsonElement expected = CocoGolden.Expected(golden);
        CocoMetrics metrics = CocoEvaluator.Evaluate(
            CocoGolden.Read(kind), new EvaluationOptions { Kind = kind, MaxDetections = [1, 10, mostDetections] }).Metrics;

        metrics.AveragePrecision().ShouldBe(expected.GetProperty("AP_all").GetDouble(), Tolerance);
        JsonElement stats = expected.GetProperty("stats");
        if (stats.ValueKind == JsonValueKind.Array)
        {
            for (int i = 0; i < 12; i++)
                metrics.Stats[i].ShouldBe(stats[i].GetDouble(), Tolerance, $"number {i}");
        }

        metrics.CategoryIds.ShouldBe([1, 2, 3, 5, 7, 11]);
        for (int k = 0; k < metrics.CategoryIds.Count; k++)
        {
            JsonElement one = expected.GetProperty("per_category").GetProperty($"{metrics.CategoryIds[k]}");
            metrics.AveragePrecision(k).ShouldBe(Number(one, "AP"), Tolerance);
            metrics.AveragePrecision(k, .5).ShouldBe(Number(one, "AP50"), Tolerance);
            metrics.AverageRecall(k).ShouldBe(Number(one, "AR"), Tolerance);
        }
    }

    private static double Number(JsonElement one, string name) =>
        one.GetProperty(name) is { ValueKind: JsonValueKind.Number } n ? n.GetDouble() : -1;
}
