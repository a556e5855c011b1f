using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr eval</c>: COCO's metrics of a model on a split of a data set.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var arguments = new EvalArguments();
        return new Verb(
            "eval", "Measure a model on labeled images: COCO's metrics for boxes and masks, per class, with a report.",
            context => RunAsync(context, arguments), arguments.All);
    }

    private static async Task<int> RunAsync(CliContext context, EvalArguments arguments)
    {
        string data = arguments.Data(context);
        DataSet opened = await arguments.Opening.OpenAsync(context, data).ConfigureAwait(false);
        DataSplit split = opened.Split(arguments.Split(context));
        using Detector detector = await ModelArguments.LoadAsync(
            context, arguments.Model.Model(context), arguments.Model.Options(context), arguments.Model.Engine(context))
            .ConfigureAwait(false);
        foreach (string warning in detector.Model.Warnings)
            context.Warn(warning);
        EvaluateOptions options = arguments.Options(context, detector.Model.Classes, split);
        foreach (string note in options.Classes!.Notes)
            context.Warn(note);
        DetectorEvaluation evaluation = await context.WithProgressAsync("evaluating", bar =>
        {
            var progress = new ActionProgress<int>(done => bar.Report(done, split.Images.Count));
            return Evaluator.RunAsync(detector, split, options, progress, context.Cancellation);
        }).ConfigureAwait(false);

        context.WriteJson(json => EvaluationFiles.WriteJson(json, evaluation, data));
        if (!context.WantsJson)
            Print(context.Human, evaluation, arguments.Kind(context));
        if (arguments.Output(context) is { } folder)
        {
            await Task.Run(() => EvaluationFiles.Write(folder, evaluation, data), context.Cancellation).ConfigureAwait(false);
            context.Human.MarkupLineInterpolated($"report and detections are in {folder}");
        }

        return ExitCodes.Done;
    }

    // Who asks for masks by name is not shown boxes; files have both.
    private static void Print(IAnsiConsole console, DetectorEvaluation evaluation, EvaluationKind? kind)
    {
        foreach (EvaluationResult result in RunReportContent.Both(evaluation.Summary).Where(r => kind is null || r.Kind == kind))
        {
            EvaluationText.Print(console, result);
            console.WriteLine();
        }

        console.WriteLine(evaluation.Times.ToString());
    }
}
