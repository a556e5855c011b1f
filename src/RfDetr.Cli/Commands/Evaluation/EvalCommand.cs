using System.CommandLine;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
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
        return new Verb("eval", "Measure a model on labeled images: COCO's metrics for boxes and masks, per class, with a report.",
            context => RunAsync(context, arguments), arguments.All);
    }

    private static async Task<int> RunAsync(CliContext context, EvalArguments arguments)
    {
        DataSplit split = await Task.Run(() => DataSet.Open(arguments.Data(context)).Split(arguments.Split(context)), context.Cancellation).ConfigureAwait(false);
        if (split.Images.Count == 0)
            throw new ArgumentException($"the split '{split.Name}' has no images to look at");
        using Detector detector = await Detector.LoadAsync(
            arguments.Model.Model(context), arguments.Model.Options(context), arguments.Model.Engine(context), context.Cancellation).ConfigureAwait(false);
        foreach (string warning in detector.Model.Warnings)
            context.Warn(warning);
        ClassMatching classes = ClassMatching.Of(detector.Model.Classes, split, arguments.ClassMap(context), arguments.AllowMissing(context));
        foreach (string note in classes.Notes)
            context.Warn(note);
        bool masks = arguments.Masks(context, detector.Model.Has(Head.Masks), split);

        var evaluation = new DetectionEvaluation(split.Classes, masks, arguments.Evaluation(context));
        EvalTiming timing = await context.WithProgressAsync("evaluating", bar => DetectAsync(context, arguments, detector, split, classes, evaluation, bar)).ConfigureAwait(false);
        EvaluationSummary summary = await Task.Run(() => evaluation.Complete(context.Cancellation), context.Cancellation).ConfigureAwait(false);

        var report = new EvalReport(detector.Model, arguments.Data(context), split, classes, evaluation, summary, timing);
        context.WriteJson(report.WriteJson);
        if (!context.WantsJson)
            report.Print(context.Human);
        if (arguments.Output(context) is { } folder)
        {
            await Task.Run(() => report.WriteFiles(folder), context.Cancellation).ConfigureAwait(false);
            context.Human.MarkupLineInterpolated($"report and detections are in {folder}");
        }

        return ExitCodes.Done;
    }

    private static async Task<EvalTiming> DetectAsync(
        CliContext context, EvalArguments arguments, Detector detector, DataSplit split, ClassMatching classes, DetectionEvaluation evaluation, IProgressBar bar)
    {
        var timing = new EvalTiming();
        long start = Stopwatch.GetTimestamp();
        bool masks = arguments.Masks(context, detector.Model.Has(Head.Masks), split);
        IAsyncEnumerable<ImageOutcome> outcomes = detector.DetectManyAsync(
            split.Images.Select(ImageSource (p) => new FileImage(p.File)), arguments.Detect(context, masks),
            new StreamOptions { Batch = arguments.Batch(context) }, context.Cancellation);
        int next = 0;
        await foreach (ImageOutcome outcome in outcomes.ConfigureAwait(false))
        {
            LabeledImage image = split.Images[next++];
            if (!outcome.Succeeded)
                ExceptionDispatchInfo.Throw(outcome.Error); // metrics of a part would look like those of the whole
            Detections found = outcome.Result;
            if ((found.Width, found.Height) != (image.Width, image.Height))
                throw new DataSetFormatException(image.File, $"has {found.Width}×{found.Height} pixels, its labels say {image.Width}×{image.Height} (width × height); see 'rfdetr data doctor'");
            evaluation.Add(image, classes.Found(image, found));
            timing.Add(found.Times);
            bar.Report(next, split.Images.Count);
        }

        timing.TotalMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return timing;
    }
}
