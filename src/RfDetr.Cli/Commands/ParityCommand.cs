using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;
using Spectre.Console;
using static RfDetr.Invariant;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr parity</c>: stage by stage against golden files, or a checkpoint against a bundle.</summary>
internal static class ParityCommand
{
    public static Command Create()
    {
        Option<string?> goldens = OptionsOf.Text(
            "--goldens", "FILE|DIR", "Golden files: networks with formula weights against the reference's stages.");
        Option<string?> training = OptionsOf.Text(
            "--training", "FILE", "Expected training figures: three steps' losses, gradients and weights (needs libtorch).");
        Option<string?> streams = OptionsOf.Text(
            "--streams", "FILE|DIR", "Golden files of trackers, zones, tiling and tracking metrics; see docs/streams-parity.md.");
        Option<string?> weights =
            OptionsOf.Text("--weights", "FILE", "A checkpoint (or .onnx file, results only) to compare with --bundle.");
        Option<string?> bundle =
            OptionsOf.Text("--bundle", "FILE", "Safetensors file with 'input' and the expected stages; see docs/parity.md.");
        Option<string?> write =
            OptionsOf.OutputFile(
                "--write-bundle", "FILE", "Write the checkpoint's own stages (on the input of --bundle, if given).");
        Option<float?> tolerance = OptionsOf.Number(
            "--tolerance", "T", "Allowed error as a part of a stage's largest value (default: the file's own, else 1e-4).",
            1e-12f, 10);
        Option<string?> engine = OptionsOf.Choice(
            "--engine", "What computes: ONNX Runtime, our own engine on the CPU, or the slow and independent host back end.",
            "onnxruntime", "cpu", "host");
        Option<string?> precision = OptionsOf.Choice(
            "--precision", "Precision of the graph (default fp32), or of --training (default fp64).", "fp32", "fp16", "fp64");
        Option<string?> device =
            OptionsOf.Text("--device", "NAME", "Where --training computes: cpu, cuda, cuda:N (default cpu).");
        Option<string?> dialect =
            OptionsOf.Choice("--dialect", "Operators of the graph (default onnxruntime).", "onnxruntime", "portable");
        Option<int?> threads =
            OptionsOf.Whole("--threads", "N", "Threads of ONNX Runtime (default: one per physical core).", 0, 1024);
        var checkpoint = new CheckpointArguments();
        return new Verb(
            "parity", "Compare a network with expected values stage by stage; exit code 1 names the first that differs.", Run,
            [
                goldens, training, streams, weights, bundle, write, tolerance, engine, precision, device, dialect, threads,
                .. checkpoint.Symbols
            ]);

        async Task<int> Run(CliContext context)
        {
            if (context.Get(training) is { } figures)
                return await TrainingParityReporter.Run(context, figures, context.Get(precision), context.Get(device) ?? "cpu");
            if (context.Get(streams) is { } files)
                return await StreamParityReporter.Run(context, files);
            if (context.Get(precision) == "fp64" || context.Get(device) is not null)
                throw new ArgumentException("--precision fp64 and --device are for --training");
            var options = new ParityOptions
            {
                Engine = context.Get(engine) switch
                {
                    "host" => ParityEngine.Host,
                    "cpu" => ParityEngine.Cpu,
                    _ => ParityEngine.OnnxRuntime
                },
                Precision = context.Get(precision) == "fp16" ? ExportPrecision.Float16 : ExportPrecision.Float32,
                Dialect = context.Get(dialect) == "portable" ? OnnxDialect.Portable : OnnxDialect.OnnxRuntime,
                RelativeTolerance = context.Get(tolerance),
                Model = checkpoint.Read(context),
                Threads = context.Get(threads) ?? 0,
            };
            return (context.Get(goldens), context.Get(weights), context.Get(bundle), context.Get(write)) switch
            {
                ({ } networks, null, null, null) => await Goldens(context, networks, options),
                (null, { } model, { } expected, null) =>
                    Report(context, [await Task.Run(() => ParityCheck.Bundle(model, expected, options), context.Cancellation)]),
                (null, { } model, var from, { } output) => await Write(context, model, output, from, options),
                _ =>
                    throw new ArgumentException(
                        "give --goldens FILE|DIR, or --training FILE, or --streams FILE|DIR, or --weights FILE with "
                            + "--bundle FILE or --write-bundle FILE"),
            };
        }
    }

    private static async Task<int> Goldens(CliContext context, string path, ParityOptions options)
    {
        IReadOnlyList<string> files = ParityCheck.GoldenFiles(path);
        var reports = new List<ParityReport>();
        await context.WithProgressAsync("comparing", async bar =>
        {
            foreach (string file in files)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                bar.Report(reports.Count, files.Count, Path.GetFileName(file));
                reports.Add(await Task.Run(() => ParityCheck.Golden(file, options), context.Cancellation));
            }

            return reports.Count;
        });
        return Report(context, reports);
    }

    private static async Task<int> Write(
        CliContext context, string model, string output, string? inputFrom, ParityOptions options)
    {
        IReadOnlyList<string> stages =
            await Task.Run(() => ParityCheck.WriteBundle(model, output, options, inputFrom), context.Cancellation);
        context.WriteJson(CliJson.Default.WrittenBundleDocument, () => new WrittenBundleDocument(output, stages));
        if (!context.WantsJson)
            context.Human.WriteLine($"{output}: {string.Join(", ", stages)}");
        return ExitCodes.Done;
    }

    private static int Report(CliContext context, IReadOnlyList<ParityReport> reports)
    {
        context.WriteJson(CliJson.Default.ParityDocument, () => ParityDocument.Of(reports));
        if (!context.WantsJson)
            Print(context.Human, reports);
        foreach (ParityReport report in reports)
        {
            if (report.FirstDifference is { } first)
                context.Fail(
                    Text(
                        $"{Path.GetFileName(report.File)}: the first stage that differs is {first.Stage}: "
                            + $"{first.MaxAbsError:0.0e0} where {first.Tolerance:0.0e0} is allowed"));
        }

        return reports.All(r => r.Ok) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<ParityReport> reports)
    {
        TextTable table = new TextTable().AddColumn("file", narrow: Narrow.Wrap).AddColumn("stage", narrow: Narrow.Wrap)
            .AddNumbers("largest error", "allowed").AddColumn("").AddColumn("note", narrow: Narrow.Wrap);
        foreach (ParityReport report in reports)
        {
            foreach (StageResult s in report.Stages)
                table.AddRow(
                    Markup.Escape(Path.GetFileName(report.File)), Markup.Escape(s.Stage), Text($"{s.MaxAbsError:0.0e0}"),
                    Text($"{s.Tolerance:0.0e0}"), s.Ok ? "ok" : "[red]differs[/]", Markup.Escape(s.Note ?? ""));
        }

        console.Write(table);
        console.WriteLine(Text($"{reports.Count(r => r.Ok)} of {reports.Count} files agree in all stages ({reports[0].Engine})"));
    }
}
