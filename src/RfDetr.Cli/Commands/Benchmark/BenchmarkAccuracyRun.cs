using System.Runtime.ExceptionServices;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>Average precision for a benchmark's report. <c>rfdetr eval</c> tells much more.</summary>
internal static class BenchmarkAccuracyRun
{
    /// <summary>Shows a detector all images of a split and compares what it finds with the labels, as COCO does.</summary>
    /// <exception cref="ArgumentException">A class with objects is not among the model's; the message has both lists.</exception>
    public static async Task<BenchmarkAccuracy> RunAsync(Detector detector, string name, DataSplit split, IProgressBar bar, CancellationToken cancellation)
    {
        ClassMatching classes = ClassMatching.ByName(detector.Model.Classes, split);
        bool masks = detector.Model.Has(Head.Masks) && split.HasMasks;
        var evaluation = new DetectionEvaluation(split.Classes, masks);
        var everything = new DetectOptions { ScoreThreshold = 0, Heads = masks ? null : [Head.Boxes] };
        int next = 0;
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(
            split.Images.Select(ImageSource (p) => new FileImage(p.File)), everything, new StreamOptions { Batch = 1 }, cancellation).ConfigureAwait(false))
        {
            LabeledImage image = split.Images[next++];
            if (!outcome.Succeeded)
                ExceptionDispatchInfo.Throw(outcome.Error); // precision of a part would look like that of the whole
            evaluation.Add(image, classes.Found(image, outcome.Result));
            bar.Report(next, split.Images.Count, "average precision");
        }

        EvaluationSummary summary = evaluation.Complete(cancellation);
        CocoMetrics boxes = summary.Boxes.Metrics;
        CocoMetrics? found = summary.Masks?.Metrics;
        return new(name, split.Images.Count, boxes.AveragePrecision(), boxes.AveragePrecision(iou: .5), found?.AveragePrecision(), found?.AveragePrecision(iou: .5));
    }
}
