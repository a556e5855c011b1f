using System.Runtime.ExceptionServices;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>Average precision for a benchmark's report. <c>rfdetr eval</c> tells much more.</summary>
internal static class BenchmarkAccuracyRun
{
    /// <summary>Shows a detector all pictures of a split and compares what it finds with the labels, as COCO does.</summary>
    public static async Task<BenchmarkAccuracy> RunAsync(Detector detector, string name, DataSplit split, IProgressBar bar, CancellationToken cancellation)
    {
        Dictionary<int, DataClass> classes = Classes(detector.Model, split);
        bool masks = detector.Model.HasMasks && split.HasMasks;
        var evaluation = new DetectionEvaluation(split.Classes, masks);
        var everything = new DetectOptions { ScoreThreshold = 0, Masks = masks };
        int next = 0;
        await foreach (PictureOutcome outcome in detector.DetectEachAsync(split.Pictures.Select(p => new PictureSource(p.File)), everything, 1, null, cancellation).ConfigureAwait(false))
        {
            LabelledPicture picture = split.Pictures[next++];
            if (!outcome.Succeeded)
                ExceptionDispatchInfo.Throw(outcome.Error); // precision of a part would look like that of the whole
            evaluation.Add(picture, Found(picture, outcome.Result, classes));
            bar.Report(next, split.Pictures.Count, "average precision");
        }

        EvaluationSummary summary = evaluation.Complete(cancellation);
        CocoMetrics boxes = summary.Boxes.Metrics;
        CocoMetrics? found = summary.Masks?.Metrics;
        return new(name, split.Pictures.Count, boxes.AveragePrecision(), boxes.AveragePrecision(iou: .5), found?.AveragePrecision(), found?.AveragePrecision(iou: .5));
    }

    /// <summary>The data set's class of each of the model's labels, by name.</summary>
    /// <exception cref="ArgumentException">A class with objects is not among the model's; the message has both lists.</exception>
    internal static Dictionary<int, DataClass> Classes(ModelCard model, DataSplit split)
    {
        var byLabel = new Dictionary<int, DataClass>();
        foreach (DataClass one in split.Classes)
        {
            foreach (Checkpoints.ClassEntry entry in model.Classes.Entries.Where(e => e.Name.Equals(one.Name, StringComparison.OrdinalIgnoreCase)))
                byLabel[entry.Label] = one;
        }

        HashSet<int> used = [.. split.Pictures.SelectMany(p => p.Objects).Select(o => o.ClassIndex)];
        string[] missing = [.. split.Classes.Where(c => used.Contains(c.Index) && !byLabel.ContainsValue(c)).Select(c => c.Name)];
        return missing.Length == 0
            ? byLabel
            : throw new ArgumentException(
                $"the model has no class {string.Join(", ", missing)} of the split '{split.Name}'; it has {string.Join(", ", model.Classes.Entries.Select(e => e.Name))}, the data set {string.Join(", ", split.Classes.Select(c => c.Name))}");
    }

    /// <summary>A picture's detections as the evaluation takes them.</summary>
    internal static IEnumerable<FoundObject> Found(LabelledPicture picture, Detections found, Dictionary<int, DataClass> classes)
    {
        foreach (Detection d in found.Items)
        {
            if (classes.TryGetValue(d.ClassId, out DataClass? known))
                yield return new(picture.Id, known.CategoryId, d.Score, new BoxXywh(d.Box.X1, d.Box.Y1, d.Box.Width, d.Box.Height)) { Mask = d.Mask };
        }
    }
}
