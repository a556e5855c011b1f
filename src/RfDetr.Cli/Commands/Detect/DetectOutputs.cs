using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>Everything that one run of <c>detect</c> writes, image by image.</summary>
internal sealed class DetectOutputs : IDisposable
{
    private readonly OutputPlan _plan;
    private readonly List<IResultWriter> _writers = [];
    private readonly List<JsonTarget> _targets = [];
    private readonly UniqueNames _names = new();
    private StreamWriter? _csv;

    public DetectOutputs(CliContext context, OutputPlan plan, Detector detector)
    {
        _plan = plan;
        if (context.WantsJson)
            _writers.Add(new DetectionJson(Keep(context.OpenJson()), detector.Model, detector.Optimization));
        if (plan.WritesAnything)
            Directory.CreateDirectory(plan.Folder);
        foreach (string format in plan.Formats)
            _writers.Add(Open(format, plan.Folder, detector));
        if (plan.Formats.Contains("coco") && detector.Model.Has(Head.Masks))
        {
            JsonTarget masks = JsonTarget.To(Path.Combine(plan.Folder, "coco_results.segm.json"));
            _writers.Add(new CocoResults(Keep(masks), detector.Model, masks: true));
        }
    }

    public void Write(ImageOutcome outcome)
    {
        if (!outcome.Succeeded)
        {
            foreach (DetectionJson json in _writers.OfType<DetectionJson>())
                json.WriteFailure(outcome.Source.Name, Failures.Describe(outcome.Error));
            return;
        }

        foreach (IResultWriter writer in _writers)
            writer.Write(outcome.Source.Name, outcome.Result);
        if (!_plan.Images && !_plan.Crops)
            return;
        string stem = _names.StemFor(outcome.Source.Name), ending = EndingOf(outcome.Source.Name);
        if (_plan.Images)
        {
            using Image drawn = outcome.Result.Draw(outcome.Image, _plan.Draw);
            drawn.Save(Path.Combine(_plan.Folder, stem + ending));
        }

        if (_plan.Crops)
            SaveCrops(outcome.Image, outcome.Result, stem, ending);
    }

    public void Complete()
    {
        _writers.ForEach(writer => writer.Complete());
        _targets.ForEach(target => target.Complete());
    }

    public void Dispose()
    {
        _writers.ForEach(writer => writer.Dispose());
        _csv?.Dispose();
        _targets.ForEach(target => target.Dispose());
    }

    private IResultWriter Open(string format, string folder, Detector detector) => format switch
    {
        "json" =>
            new DetectionJson(
                Keep(JsonTarget.To(Path.Combine(folder, "detections.json"))), detector.Model, detector.Optimization),
        "coco" => new CocoResults(Keep(JsonTarget.To(Path.Combine(folder, "coco_results.json"))), detector.Model),
        "yolo" => new YoloLabels(folder, detector.Model),
        _ =>
            new DetectionCsv(
                _csv = new StreamWriter(Keep(JsonTarget.To(Path.Combine(folder, "detections.csv"))), leaveOpen: true),
                detector.Model),
    };

    private Stream Keep(JsonTarget target)
    {
        _targets.Add(target);
        return target.Stream;
    }

    private void SaveCrops(Image image, Detections found, string stem, string ending)
    {
        string folder = Path.Combine(_plan.Folder, "crops");
        Directory.CreateDirectory(folder);
        for (int i = 0; i < found.Items.Count; i++)
        {
            Detection detection = found.Items[i];
            PixelRect box = detection.Box.ToPixelRect(image.Width, image.Height);
            if (box.IsEmpty)
                continue;
            string name = Invariant.Text($"{stem}_{i + 1:000}_{UniqueNames.Clean(detection.ClassName)}{ending}");
            image.Frame.Crop(box.X, box.Y, box.Width, box.Height).Save(Path.Combine(folder, name));
        }
    }

    /// <summary>The input's format where it can be written; PNG, which loses nothing, where not.</summary>
    private static string EndingOf(string source)
    {
        string path = ImageUrl.IsUrl(source) && Uri.TryCreate(source, UriKind.Absolute, out Uri? address)
            ? address.AbsolutePath
            : source;
        return Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" or ".webp"
            ? Path.GetExtension(path).ToLowerInvariant()
            : ".png";
    }
}
