using System.Text.Json;
using RfDetr.Tracking;
using RfDetr.Training;

namespace RfDetr.Cli.Documents;

/// <summary>
/// Document that <c>parity</c> writes of networks. One flat list: file and stage side by side are what a script filters by.
/// </summary>
internal sealed record ParityDocument(bool Ok, IReadOnlyList<ParityStageDocument> Stages)
{
    public static ParityDocument Of(IReadOnlyList<ParityReport> reports) => new(
        reports.All(r => r.Ok), [.. reports.SelectMany(r => r.Stages.Select(stage => ParityStageDocument.Of(r, stage)))]);

    /// <summary>An error; null is one beyond measure, as JSON has no infinity.</summary>
    public static double? Finite(double error) => double.IsFinite(error) ? error : null;
}

/// <summary>One stage of a network.</summary>
internal sealed record ParityStageDocument(
    string File, string Variant, string Engine, string Stage, double? MaxAbsError, double Tolerance, bool Ok, string? Note)
{
    public static ParityStageDocument Of(ParityReport report, StageResult stage) => new(
        Path.GetFileName(report.File), report.Variant, report.Engine, stage.Stage, ParityDocument.Finite(stage.MaxAbsError),
        stage.Tolerance, stage.Ok, stage.Note);
}

/// <summary>Document that <c>parity --write-bundle</c> writes.</summary>
internal sealed record WrittenBundleDocument(string File, IReadOnlyList<string> Stages);

/// <summary>Document that <c>parity --streams</c> writes.</summary>
internal sealed record StreamParityDocument(bool Ok, IReadOnlyList<StreamSetupDocument> Setups)
{
    public static StreamParityDocument Of(IReadOnlyList<StreamParityResult> results) =>
        new(results.All(r => r.Ok), [.. results.Select(StreamSetupDocument.Of)]);
}

/// <summary>One set-up of a golden file; frame and difference are null where all agrees.</summary>
internal sealed record StreamSetupDocument(string File, string Setup, bool Ok, int? Frame, string? Difference)
{
    public static StreamSetupDocument Of(StreamParityResult r) =>
        new(Path.GetFileName(r.File), r.Setup, r.Ok, r.Frame, r.Difference);
}

/// <summary>Document that <c>parity --training</c> writes.</summary>
internal sealed record TrainingParityDocument(
    bool Ok, string File, string Variant, string Engine, IReadOnlyList<TrainingFigureDocument> Worst,
    IReadOnlyList<TrainingFigureDocument> Figures, IReadOnlyList<string> Skipped)
{
    public static TrainingParityDocument Of(TrainingParityReport report, IEnumerable<TrainingFigure> worst) => new(
        report.Ok, Path.GetFileName(report.File), report.Variant, report.Engine, [.. worst.Select(TrainingFigureDocument.Of)],
        [.. report.Figures.Select(TrainingFigureDocument.Of)], report.Skipped);
}

/// <summary>One loss, gradient or weight of a step.</summary>
internal sealed record TrainingFigureDocument(
    string Kind, int Step, string Name, double? RelativeError, double Tolerance, bool Ok)
{
    public static TrainingFigureDocument Of(TrainingFigure f) => new(
        JsonNamingPolicy.SnakeCaseLower.ConvertName(f.Kind.ToString()), f.Step, f.Name, ParityDocument.Finite(f.RelativeError),
        f.Tolerance, f.Ok);
}
