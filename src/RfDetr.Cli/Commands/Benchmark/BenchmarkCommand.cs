using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>
/// <c>rfdetr benchmark</c>: times of each stage, throughput, memory, and how far the machine can be trusted, in one report.
/// </summary>
internal sealed class BenchmarkCommand
{
    private readonly ModelArguments _model = new();
    private readonly OptimizeArguments _optimize = new();
    private readonly Option<string[]> _images =
        ImageOption.Create("Images to show in turn: files, folders or patterns; otherwise eight drawn scenes of 640×480.");
    private readonly Option<string?> _data = OptionsOf.Text(
        "--data", "DIR",
        "A labeled data set: average precision is measured too, and its images are shown unless --images says otherwise.");
    private readonly Option<string?> _split = OptionsOf.Text("--split", "NAME", "The data set's part (default valid).");
    private readonly Option<int[]> _batches =
        Numbers("--batch", "B,…", "Images per call; each size is measured on its own (default 1).", 1024);
    private readonly Option<int[]> _callers = Numbers(
        "--callers", "C,…", "Threads that call the detector at the same time; each number is measured on its own (default 1).",
        256);
    private readonly Option<int?> _runs =
        OptionsOf.Whole("--runs", "N", "Calls that count (default 100).", 3, BenchmarkOptions.MostCalls);
    private readonly Option<float?> _seconds =
        OptionsOf.Number("--seconds", "S", "Measure for so long instead of --runs calls.", 0.01f, 86_400);
    private readonly Option<int?> _warmup =
        OptionsOf.Whole("--warmup", "N", "Calls before, which do not count (default 5).", 0, 10_000);
    private readonly Option<int?> _pause =
        OptionsOf.Whole("--pause", "MS", "Rest between calls in milliseconds, as a camera leaves it (default 0).", 0, 60_000);
    private readonly Option<bool> _noDraw = OptionsOf.Flag("--no-draw", "Leave drawing out.");
    private readonly Option<float?> _threshold =
        OptionsOf.Number("--threshold", "T", "Only scores above this are kept, decoded and drawn (default 0.5).", 0, 1);
    private readonly Option<string?> _report = OptionsOf.OutputFile("--report", "FILE", "Also write a page with charts (.html).");

    private readonly DataOpening _opening = new();

    public static Command Create()
    {
        var c = new BenchmarkCommand();
        return new Verb(
            "benchmark", "Measure a model on this machine, stage by stage; --json FILE keeps the report for compare.", c.RunAsync,
            [
                .. c._model.All, .. c._optimize.All, c._images, c._data, c._split, c._batches, c._callers, c._runs, c._seconds,
                c._warmup, c._pause, c._noDraw, c._threshold, c._report, c._opening.Links
            ]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string? page = ReportFile.Check(context.Get(_report));
        BenchmarkOptions options = Options(context);
        (ModelOptions about, Engine engine) = (_model.Options(context), _model.Engine(context));
        string model = _model.Model(context);
        (string Name, DataSplit Split)? data = await Task.Run(() => Data(context), context.Cancellation).ConfigureAwait(false);
        ImageSet images = await Task.Run(() => Images(context, data), context.Cancellation).ConfigureAwait(false);
        OptimizationReport? optimization = null;
        if (_optimize.Wanted(context))
        {
            using Detector chosen = await _optimize.LoadAsync(context, model, about, engine).ConfigureAwait(false);
            (engine, optimization) = (chosen.Engine, chosen.Optimization);
            if (context.Get(_batches) is not { Length: > 0 })
                options = options with { Batches = [.. ((int[])[1, chosen.PreferredBatch]).Distinct()] };
        }

        BenchmarkReport report = await context.WithProgressAsync("measuring", bar => Task.Run(
            () =>
            {
                var progress =
                    new ActionProgress<BenchmarkProgress>(p => bar.Report(p.Done, 1, $"batch {p.Batch}, {p.Callers} callers"));
                return Benchmark.Run(model, images, about, engine, options, progress, context.Cancellation);
            },
            context.Cancellation)).ConfigureAwait(false);
        report = report with { Optimization = optimization };
        if (data is var (name, split))
            report = report with
            {
                Accuracy = await context.WithProgressAsync(
                    "measuring", bar => Accuracy(model, about, engine, name, split, bar, context.Cancellation))
                    .ConfigureAwait(false)
            };

        context.WriteJson(json => BenchmarkFile.Write(report, json));
        BenchmarkPrint.To(context.Human, report);
        foreach (string doubt in BenchmarkDoubts.Of(report))
            context.Warn(doubt);
        if (page is not null)
        {
            BenchmarkPage.Write(page, report);
            context.Human.MarkupLineInterpolated($"charts in [green]{page}[/]");
        }

        return ExitCodes.Done;
    }

    // After the measurement and in a detector of its own, so that it cannot disturb it.
    private static async Task<BenchmarkAccuracy> Accuracy(
        string model, ModelOptions options, Engine engine, string name, DataSplit split, IProgressBar bar,
        CancellationToken cancellation)
    {
        using Detector detector = await Detector.LoadAsync(model, options, engine, cancellation).ConfigureAwait(false);
        var progress = new ActionProgress<int>(done => bar.Report(done, split.Images.Count, "average precision"));
        return BenchmarkAccuracy.Of(
            name, await Evaluator.RunAsync(detector, split, null, progress, cancellation).ConfigureAwait(false));
    }

    private (string Name, DataSplit Split)? Data(CliContext context)
    {
        if (context.Get(_data) is not { } folder)
            return context.Get(_split) is null
                ? null
                : throw new ArgumentException("--split belongs to --data DIR, which is missing");
        DataSplit split = _opening.Open(context, folder).Split(context.Get(_split) ?? "valid");
        return split.Images.Count > 0
            ? ($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}/{split.Name}", split)
            : throw new ArgumentException($"the split '{split.Name}' has no images to look at");
    }

    private ImageSet Images(CliContext context, (string Name, DataSplit Split)? data) =>
        data is var (name, split) && context.Get(_images) is not { Length: > 0 }
            ? BenchmarkInputs.Read([.. split.Images.Select(p => p.File)], name)
            : BenchmarkInputs.Read(context.Get(_images) ?? []);

    private BenchmarkOptions Options(CliContext context)
    {
        var defaults = new BenchmarkOptions();
        return new BenchmarkOptions
        {
            Batches = context.Get(_batches) is { Length: > 0 } batches ? [.. batches.Distinct()] : defaults.Batches,
            Callers = context.Get(_callers) is { Length: > 0 } callers ? [.. callers.Distinct()] : defaults.Callers,
            Runs = context.Get(_runs) ?? defaults.Runs,
            Seconds = context.Get(_seconds),
            Warmup = context.Get(_warmup) ?? defaults.Warmup,
            PauseMs = context.Get(_pause) ?? defaults.PauseMs,
            Draw = !context.Get(_noDraw),
            ScoreThreshold = context.Get(_threshold) ?? defaults.ScoreThreshold,
        };
    }

    private static Option<int[]> Numbers(string name, string help, string description, int most) =>
        OptionsOf.Repeat(name, help, description, text =>
        text.Split(',').Select(
            part =>
                int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most
            ? value
            : throw new FormatException($"is not a list of whole numbers from 1 to {most}")).ToArray());
}
