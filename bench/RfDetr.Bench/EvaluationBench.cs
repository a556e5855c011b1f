using System.Diagnostics;
using RfDetr.Data;
using RfDetr.Tests;

namespace RfDetr.Bench;

/// <summary>
/// COCO metrics of results of the size of COCO's validation set: 5,000 images, 36,000 objects, 500,000 detections.
/// </summary>
internal static class EvaluationBench
{
    public static void Run(int rounds)
    {
        EvaluationInput input = SyntheticResults.Make();
        Samples time = new("evaluate boxes");
        double ap = 0;
        long before = GC.GetTotalAllocatedBytes();
        for (int i = 0; i < rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ap = CocoEvaluator.Evaluate(input).Metrics.AveragePrecision();
            time.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        long allocated = (GC.GetTotalAllocatedBytes() - before) / rounds;
        Console.WriteLine(
            $"\nevaluation: {input.ImageIds.Count:N0} images, {input.Truth.Count:N0} objects, {input.Found.Count:N0} "
                + $"detections, {rounds} rounds, AP {ap:F4}");
        Console.WriteLine(time);
        Console.WriteLine($"{allocated / 1e6:F0} MB allocated per evaluation");
    }
}
