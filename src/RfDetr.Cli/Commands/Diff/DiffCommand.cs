using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr diff MODEL_A MODEL_B --images DIR</c>: what changes when one model takes the place of another.</summary>
internal sealed class DiffCommand
{
    private readonly Argument<string> _a =
        new("MODEL_A") { Description = "The model that was: a file, the name of downloaded weights, or 'demo'." };
    private readonly Argument<string> _b = new("MODEL_B") { Description = "The model that shall take its place." };
    private readonly Option<string[]> _images = ImageOption.Create("Images to show to both: files, folders or patterns.");
    private readonly Option<float?> _threshold =
        OptionsOf.Number("--threshold", "T", "Only scores above this count as found (default 0.5).", 0, 1);
    private readonly Option<float?> _iou = OptionsOf.Number(
        "--iou", "IOU", "Boxes of one class that overlap at least so much are one object (default 0.5).", 0.01f, 1);
    private readonly Option<int?> _gallery =
        OptionsOf.Whole("--gallery", "N", "Most images on the page of --report, worst first (default 20).", 0, 1000);
    private readonly Option<string?> _report =
        OptionsOf.OutputFile("--report", "FILE", "Also write a page with charts and the worst images side by side (.html).");
    private readonly ModelArguments _model = new();

    public static Command Create()
    {
        var c = new DiffCommand();
        return new Verb(
            "diff", "Show two models the same images: objects matched, lost and new, shifts of scores and boxes.", c.RunAsync,
            [c._a, c._b, c._images, c._threshold, c._iou, c._gallery, c._report, .. c._model.Shared]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string? page = ReportFile.Check(context.Get(_report));
        if (context.Get(_images) is not { Length: > 0 } images)
            throw new ArgumentException("--images DIR|FILE is missing: there is nothing to show to the models");
        IReadOnlyList<string> files = ImageOption.Files(images);
        var defaults = new DiffOptions();
        var options = new DiffOptions
        {
            ScoreThreshold = context.Get(_threshold) ?? defaults.ScoreThreshold,
            MinIoU = context.Get(_iou) ?? defaults.MinIoU
        };
        (ModelOptions about, Engine engine) = (_model.Options(context), _model.Engine(context));
        using Detector a = await ModelArguments.LoadAsync(context, context.Get(_a), about, engine).ConfigureAwait(false);
        using Detector b = await ModelArguments.LoadAsync(context, context.Get(_b), about, engine).ConfigureAwait(false);
        ModelDiff diff = await context.WithProgressAsync("comparing", bar => Task.Run(
            () =>
                ModelDiff.Run(
                    a, b, files, options, new ActionProgress<int>(done => bar.Report(done, files.Count)), context.Cancellation),
            context.Cancellation)).ConfigureAwait(false);

        foreach (string warning in diff.Warnings)
            context.Warn(warning);
        foreach ((string file, Exception error) in diff.Failures)
            context.Fail(
                Failures.Describe(error) is var text && text.Contains(file, StringComparison.Ordinal) ? text : $"{file}: {text}");
        context.WriteJson(CliJson.Default.DiffDocument, () => DiffDocument.Of(diff));
        DiffPrint.To(context.Human, diff);
        if (page is not null)
        {
            await Task.Run(
                () => DiffPage.Write(page, diff, context.Get(_gallery) ?? 20), context.Cancellation).ConfigureAwait(false);
            context.Human.MarkupLineInterpolated($"images side by side in [green]{page}[/]");
        }

        return diff.Failures.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }
}
