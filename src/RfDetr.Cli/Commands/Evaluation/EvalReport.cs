using System.Text.Json;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>What <c>rfdetr eval</c> says and writes.</summary>
internal sealed record EvalReport(
    ModelCard Model, string Data, DataSplit Split, ClassMatching Classes, DetectionEvaluation Evaluation, EvaluationSummary Summary, EvalTiming Timing)
{
    private const int Examples = 12;

    public void Print(IAnsiConsole console)
    {
        foreach (EvaluationResult result in RunReportContent.Both(Summary))
        {
            EvaluationText.Print(console, result);
            console.WriteLine();
        }

        console.WriteLine(Timing.Describe());
    }

    /// <summary><c>{"model", "data", "split", "class_map", "bbox": {…}, "segm": {…}, "time_ms"}</c>; both evaluations as <see cref="EvaluationJson"/> has them.</summary>
    public void WriteJson(Utf8JsonWriter json) => WriteJson(json, curves: false);

    public void WriteFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        FoundJson.Write(Path.Combine(folder, "detections.bbox.json"), Evaluation.Found, EvaluationKind.Boxes);
        if (Summary.Masks is not null)
            FoundJson.Write(Path.Combine(folder, "detections.segm.json"), Evaluation.Found, EvaluationKind.Masks);
        ResultsJson.Write(Path.Combine(folder, "results.json"), [(Split.Name, Summary.Main)]);
        using (JsonTarget target = JsonTarget.To(Path.Combine(folder, "evaluation.json")))
        {
            using (var json = new Utf8JsonWriter(target.Stream, JsonStyle.Indented))
                WriteJson(json, curves: true);
            target.Complete();
        }

        RunReport.Write(Path.Combine(folder, "report.html"), new RunReportContent
        {
            Title = $"{Model.Name} on {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Data)))}, {Split.Name}",
            Facts = [("model", $"{Model.Name} ({Model.Variant}, {Model.InputHeight}×{Model.InputWidth})"), ("resize", $"{Model.ResizeRule}"), ("engine", Model.Engine), ("time", Timing.Describe())],
            Evaluations = RunReportContent.Both(Summary),
            Examples = Draw(),
        });
    }

    private List<ExamplePair> Draw()
    {
        double threshold = Summary.Main.Sweep.Best.Threshold;
        ILookup<long, FoundObject> found = Evaluation.Found.ToLookup(f => f.ImageId);
        Dictionary<long, LabeledImage> images = Split.Images.ToDictionary(p => p.Id);
        var pairs = new List<ExamplePair>();
        foreach (long id in ExampleChoice.Of(Summary.Main, Examples))
        {
            using Image image = Image.Load(images[id].File);
            pairs.Add(ExamplePair.Draw(images[id], image.Frame, found[id], Split.Classes, threshold));
        }

        return pairs;
    }

    private void WriteJson(Utf8JsonWriter json, bool curves)
    {
        json.WriteStartObject();
        json.WriteStartObject("model");
        json.WriteString("name", Model.Name);
        json.WriteString("variant", Model.Variant);
        json.WriteString("engine", Model.Engine);
        json.WriteEndObject();
        json.WriteString("data", Data);
        json.WriteString("split", Split.Name);
        json.WriteStartArray("class_map");
        foreach ((int label, DataClass one) in Classes.ByLabel.OrderBy(pair => pair.Key))
        {
            json.WriteStartObject();
            json.WriteNumber("label", label);
            json.WriteString("model", Model.Classes.NameOf(label));
            json.WriteString("data", one.Name);
            json.WriteNumber("category_id", one.CategoryId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        foreach (EvaluationResult result in RunReportContent.Both(Summary))
        {
            json.WritePropertyName(result.Kind == EvaluationKind.Boxes ? "bbox" : "segm");
            EvaluationJson.Write(json, result, curves);
        }

        Timing.WriteJson(json);
        json.WriteEndObject();
    }
}
