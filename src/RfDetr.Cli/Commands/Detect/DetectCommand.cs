using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Streams;
using RfDetr.Video;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr detect INPUT…</c>: from images to boxes, masks, annotated images and result files.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        var arguments = new DetectArguments();
        return new Verb(
            "detect", "Find objects in images, or in the frames of a video.", context => RunAsync(context, arguments),
            arguments.All);
    }

    private static async Task<int> RunAsync(CliContext context, DetectArguments arguments)
    {
        // Options that contradict each other are named before any input is looked at.
        _ = arguments.Optimize.Wanted(context);
        ModelOptions meaning = arguments.Model.Options(context);
        Engine engine = arguments.Model.Engine(context);
        TileDetectorOptions? tiles = arguments.Tiles.Options(context, arguments.Batch(context));
        if (context.Get(arguments.Inputs).Any(i => VideoInputs.IsVideo(i)))
            return await RunVideoAsync(context, arguments).ConfigureAwait(false);
        if (arguments.Video.Given(context) is { } lonely)
            throw new ArgumentException($"{lonely} is for videos, but the inputs are images");
        IReadOnlyList<ImageSource> sources =
            ImageInputs.Expand(context.Get(arguments.Inputs), arguments.Recursive(context), context.Input);
        MissingInputs.Check(sources);
        int? total = sources.Any(s => s is StreamImage) ? null : sources.Count; // a stream may hold any number
        OutputPlan plan = arguments.Output(context);
        CheckOutput(plan, sources);
        Libvips.Prepare();
        using Detector detector = await arguments.Optimize.LoadAsync(
            context, arguments.Model.Model(context), meaning, engine).ConfigureAwait(false);
        DetectOptions options = arguments.Selection.Options(context, detector.Model.Classes);
        Introduce(context, detector.Model);

        var report = new DetectReport(context.Human, sources.Count);
        using (var outputs = new DetectOutputs(context, plan, detector))
        {
            await context.WithProgressAsync("detecting", async bar =>
            {
                IAsyncEnumerable<ImageOutcome> outcomes = tiles is not null
                    ? new TileDetector(detector, tiles).DetectManyAsync(sources, options, context.Cancellation)
                    : detector.DetectManyAsync(
                        sources, options, new StreamOptions { Batch = arguments.Batch(context) }, context.Cancellation);
                await foreach (ImageOutcome outcome in outcomes.ConfigureAwait(false))
                {
                    outputs.Write(outcome);
                    report.Add(outcome, context, quiet: bar.IsVisible);
                    bar.Report(report.Done, total);
                }

                return true;
            }).ConfigureAwait(false);
            outputs.Complete();
        }

        report.Summarize(plan);
        return report.Failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<int> RunVideoAsync(CliContext context, DetectArguments arguments)
    {
        string[] inputs = context.Get(arguments.Inputs);
        if (inputs.Length != 1)
        {
            throw new ArgumentException(
                $"'{inputs.First(VideoInputs.IsVideo)}' is a video, and {inputs.Length} inputs were given; name one video at a "
                + "time, or images only");
        }

        VideoSource source = await arguments.Video.OpenAsync(context, inputs[0]).ConfigureAwait(false);
        OutputPlan images = arguments.Output(context);
        string folder = images.Folder, name = Path.GetFileNameWithoutExtension(inputs[0]) + ".mp4";
        if (images.Crops || images.Formats.FirstOrDefault(f => f is "coco" or "yolo") is not null)
        {
            throw new ArgumentException(
                "--save-crops and the formats coco and yolo are for images; videos take --format csv or json");
        }

        string? output = images.WritesAnything && (!source.Info.IsLive || context.Parsed.GetResult("--output") is not null)
            ? Path.Combine(folder, source.Info.IsLive ? "stream.mp4" : name) : null;
        var plan = StreamPlan.For(
            context, source, inputs[0], output, folder, images.Images, images.Formats, null,
            new StreamDrawOptions { Draw = images.Draw, Colors = ColorRule.ByClass }, arguments.Video.Ffmpeg(context));
        using Detector detector = await arguments.Optimize.LoadAsync(
            context, arguments.Model.Model(context), arguments.Model.Options(context),
            arguments.Model.Engine(context)).ConfigureAwait(false);
        Introduce(context, detector.Model);
        var options = new TrackOptions
        {
            Tracker = null,
            Detect = arguments.Selection.Options(context, detector.Model.Classes),
            Tiles = arguments.Tiles.Options(context, arguments.Batch(context)),
            Duration = arguments.Video.Duration(context),
            Batch = arguments.Batch(context) is { } batch ? Math.Min(batch, 64) : null,
        };
        return await StreamVerb.RunAsync(context, new VideoAnalysis(detector, source, options), plan).ConfigureAwait(false);
    }

    /// <summary>Says which model runs, and what is doubtful about it.</summary>
    internal static void Introduce(CliContext context, ModelInfo model)
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
            context.Error.MarkupLine("[yellow]For photographs: rfdetr download nano, then rfdetr detect IMAGE --model nano[/]");
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
