using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>An evaluation as files: numbers for programs, a page for people, the detections for other tools.</summary>
public static class EvaluationFiles
{
    /// <summary>
    /// Writes <c>report.html</c>, <c>evaluation.json</c> (with curves), <c>results.json</c> (as rf-detr writes it),
    /// <c>detections.bbox.json</c> and, with masks, <c>detections.segm.json</c>. Each file appears only when it is complete.
    /// </summary>
    /// <param name="folder">The folder; made if it is missing.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="data">The data set's folder, for headings.</param>
    /// <exception cref="IOException">A file cannot be written, or an example image not be read.</exception>
    public static void Write(string folder, DetectorEvaluation evaluation, string data)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentException.ThrowIfNullOrEmpty(data);
        EvaluationSummary summary = evaluation.Summary;
        FoundJson.Write(Path.Combine(folder, "detections.bbox.json"), evaluation.Found, EvaluationKind.Boxes);
        if (summary.Masks is not null)
            FoundJson.Write(Path.Combine(folder, "detections.segm.json"), evaluation.Found, EvaluationKind.Masks);
        ResultsJson.Write(Path.Combine(folder, "results.json"), [(evaluation.Split.Name, summary.Main)]);
        AtomicFile.Write(Path.Combine(folder, "evaluation.json"), stream =>
        {
            using var json = new Utf8JsonWriter(stream, JsonStyle.Indented);
            WriteJson(json, evaluation, data, curves: true);
        }, flushToDisk: false);
        RunReport.Write(Path.Combine(folder, "report.html"), Report(evaluation, data));
    }

    /// <summary>
    /// Writes one object: <c>{"model", "data", "split", "class_map", "bbox": {…}, "segm": {…}, "time_ms"}</c>; both evaluations
    /// as <see cref="EvaluationJson"/> has them.
    /// </summary>
    /// <param name="json">Receives the object.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="data">The data set's folder.</param>
    /// <param name="curves">True adds precision over recall and the sweep over score thresholds.</param>
    public static void WriteJson(Utf8JsonWriter json, DetectorEvaluation evaluation, string data, bool curves = false)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(evaluation);
        var document = DetectorEvaluationDocument.Of(evaluation, data, curves);
        JsonSerializer.Serialize(json, document, EvaluationJsonContext.Default.DetectorEvaluationDocument);
    }

    private static RunReportContent Report(DetectorEvaluation evaluation, string data)
    {
        ModelInfo model = evaluation.Model;
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)));
        return new RunReportContent
        {
            Title = $"{model.Name} on {name}, {evaluation.Split.Name}",
            Facts =
            [
                ("model", $"{model.Name} ({model.Variant}, {model.InputHeight}×{model.InputWidth})"),
                ("resize", $"{model.ResizeRule}"),
                ("engine", model.Engine), ("time", evaluation.Times.ToString()),
            ],
            Evaluations = RunReportContent.Both(evaluation.Summary),
            Examples = ExampleChoice.Draw(evaluation.Summary.Main, evaluation.Images, evaluation.Found, evaluation.Split.Classes),
        };
    }
}
