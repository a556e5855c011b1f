using System.Collections.Concurrent;
using RfDetr.Data;

namespace RfDetr.Bench;

/// <summary>Average precision of a trained model as one engine computes it, on the first images of a split.</summary>
internal static class TableAccuracy
{
    // The plain and the rewritten export of one precision are the same detector.
    private static readonly ConcurrentDictionary<Engine, BenchmarkAccuracy> s_known = new();

    public static BenchmarkAccuracy Of(string model, Engine options, string folder, string split, int images) =>
        s_known.GetOrAdd(options, o => Measure(model, o, folder, split, images));

    private static BenchmarkAccuracy Measure(string model, Engine options, string folder, string splitName, int most)
    {
        DataSplit split = DataSet.Open(folder).Split(splitName);
        LabeledImage[] shown = [.. split.Images.Take(most)];
        if (shown.Length == 0)
            throw new ArgumentException($"the split '{splitName}' of '{folder}' has no images");
        using Detector detector = Detector.Load(model, null, options);
        Dictionary<int, DataClass> classes = detector.Model.Classes.Entries
            .Select(e =>
                (e.Label, Class: split.Classes.FirstOrDefault(c => c.Name.Equals(e.Name, StringComparison.OrdinalIgnoreCase))))
            .Where(p => p.Class is not null).ToDictionary(p => p.Label, p => p.Class!);
        if (classes.Count == 0)
            throw new ArgumentException($"'{model}' knows none of the classes of '{folder}'");
        bool masks = detector.Model.Has(Head.Masks) && split.HasMasks;
        var evaluation = new DetectionEvaluation(split.Classes, masks);
        foreach (LabeledImage image in shown)
        {
            Detections found =
                detector.Detect(image.File, new DetectOptions { ScoreThreshold = 0, Heads = masks ? null : [Head.Boxes] });
            evaluation.Add(image, found.Items.Where(d => classes.ContainsKey(d.ClassId)).Select(d =>
                new FoundObject(
                    image.Id, classes[d.ClassId].CategoryId, d.Score, new BoxXywh(d.Box.X1, d.Box.Y1, d.Box.Width, d.Box.Height))
                { Mask = d.Mask }));
        }

        EvaluationSummary summary = evaluation.Complete();
        CocoMetrics boxes = summary.Boxes.Metrics;
        CocoMetrics? outlines = summary.Masks?.Metrics;
        string name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}/{splitName}";
        return new(
            name, shown.Length, boxes.AveragePrecision(), boxes.AveragePrecision(iou: .5), outlines?.AveragePrecision(),
            outlines?.AveragePrecision(iou: .5));
    }
}
