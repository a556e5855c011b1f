using System.CommandLine;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr detect INPUT…</c>: from images to boxes, masks, annotated images and result files.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        var arguments = new DetectArguments();
        return new Verb("detect", "Find objects in images.", context => RunAsync(context, arguments), arguments.All);
    }

    private static async Task<int> RunAsync(CliContext context, DetectArguments arguments)
    {
        IReadOnlyList<ImageSource> sources =
            ImageInputs.Expand(context.Get(arguments.Inputs), arguments.Recursive(context), context.Input);
        OutputPlan plan = arguments.Output(context);
        CheckOutput(plan, sources);
        using Detector detector = await arguments.Optimize.LoadAsync(
            context, arguments.Model.Model(context), arguments.Model.Options(context),
            arguments.Model.Engine(context)).ConfigureAwait(false);
        DetectOptions options = arguments.Options(context, detector.Model.Classes);
        Introduce(context, detector.Model);

        var report = new DetectReport(context.Human, sources.Count);
        using (var outputs = new DetectOutputs(context, plan, detector))
        {
            await context.WithProgressAsync("detecting", async bar =>
            {
                IAsyncEnumerable<ImageOutcome> outcomes = detector.DetectManyAsync(
                    sources, options, new StreamOptions { Batch = arguments.Batch(context) }, context.Cancellation);
                await foreach (ImageOutcome outcome in outcomes.ConfigureAwait(false))
                {
                    outputs.Write(outcome);
                    report.Add(outcome, context, quiet: bar.IsVisible);
                    bar.Report(report.Done, sources.Count);
                }

                return true;
            }).ConfigureAwait(false);
            outputs.Complete();
        }

        report.Summarize(plan);
        return report.Failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Introduce(CliContext context, ModelInfo model)
    {
        string size = $"{model.InputHeight}×{model.InputWidth}";
        string finds = $"{model.Classes.Entries.Count} classes{(model.Has(Head.Masks) ? ", masks" : "")}";
        context.Human.MarkupLineInterpolated(
            $"[gray]model {model.Name} ({model.Variant}, {size}, {finds}) on {model.Engine}[/]");
        foreach (string warning in model.Warnings)
            context.Warn(warning);
        if (model.Name == BuiltInModels.Default)
        {
            string names = string.Join(", ", model.Classes.Entries.Select(e => e.Name));
            context.Error.MarkupLineInterpolated($"[yellow]The demonstration model knows drawn scenes only ({names}).[/]");
            context.Error.MarkupLine("[yellow]For photographs: rfdetr download nano, then rfdetr detect PICTURE --model nano[/]");
        }
    }

    // An annotated image must never replace the image it was made from, or one that is still to be read.
    private static void CheckOutput(OutputPlan plan, IReadOnlyList<ImageSource> sources)
    {
        if (!plan.WritesAnything)
            return;
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(plan.Folder));
        ImageSource? inside =
            sources.OfType<FileImage>().FirstOrDefault(s => Path.GetDirectoryName(Path.GetFullPath(s.Path)) == folder);
        if (inside is not null)
            throw new ArgumentException(
                $"the output folder '{plan.Folder}' holds the input '{inside.Name}', which could be overwritten; name "
                    + $"another folder with --output");
        if (File.Exists(folder))
            throw new ArgumentException($"--output '{plan.Folder}' is a file, not a folder");
    }
}
