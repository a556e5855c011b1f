using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Training;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr train</c>: fine-tunes a checkpoint or trains a network from scratch.</summary>
internal sealed class TrainCommand
{
    private readonly TrainArguments _arguments = new();
    private readonly Option<bool> _license =
        OptionsOf.Flag("--accept-license", "You have read and accept the license of weights that ask for it (PML-1.0).");
    private readonly Option<string?> _replay = OptionsOf.Text(
        "--replay", "FILE", "Take a step again that ended a run because it was not finite, and say where it went wrong.");

    public static Command Create()
    {
        var c = new TrainCommand();
        return new Verb(
            "train", "Train on labeled images: fine-tune a model, or go on with a run. First Ctrl-C: finish the step and save.",
            c.RunAsync, [.. c._arguments.Symbols, c._license, c._replay]);
    }

    private Task<int> RunAsync(CliContext context)
    {
        if (context.Get(_replay) is { } file)
            return Task.FromResult(Replay(file, context));
        TrainOptions options = _arguments.Read(context);
        RankEnvironment environment = RankEnvironment.Read();
        if (options.Hardware.Processes > 1 && !environment.IsShared)
        {
            options.Validate();
            return RunRanksAsync(options.Hardware.Processes, context);
        }

        var trainer = new Trainer(options, new TrainLog(context, speaks: environment.Rank == 0))
        {
            Resume = _arguments.IsResume(context),
            AcceptLicense = context.Get(_license),
        };
        using Lifeline line = Lifeline.Hold(context.Input, context.Cancellation);
        return Task.FromResult(Finish(trainer.Run(line.Cancellation), options, context, environment.Rank == 0));
    }

    private static async Task<int> RunRanksAsync(int count, CliContext context) =>
        await RankProcesses.RunAsync(count, SameCommandLine, context.Fail, context.Cancellation).ConfigureAwait(false) switch
        {
            RankEnd.Done => ExitCodes.Done,
            RankEnd.Interrupted => ExitCodes.Interrupted,
            _ => ExitCodes.Failed,
        };

    private static ProcessStartInfo SameCommandLine()
    {
        string[] line = Environment.GetCommandLineArgs();
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        bool byHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new(program, byHost ? line : line.Skip(1));
    }

    private static int Finish(TrainingOutcome outcome, TrainOptions options, CliContext context, bool speaks)
    {
        bool interrupted = outcome.Ended == TrainingEnd.Interrupted;
        if (speaks)
        {
            context.WriteJson(CliJson.Default.TrainingDocument, () => TrainingDocument.Of(outcome));
            if (interrupted)
                context.Human.MarkupLineInterpolated(
                    $"stopped and saved after {outcome.Steps} steps; go on with: rfdetr train --resume {options.Output.Folder!}");
            else
                context.Human.MarkupLineInterpolated(
                    $"best weights: {outcome.BestCheckpoint ?? "none were evaluated"}{TrainLog.Scores("at", outcome.Best)}");
        }

        return interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    private static int Replay(string file, CliContext context)
    {
        ReplayReport report = StepReplay.Run(file);
        context.Human.MarkupLineInterpolated($"images: {string.Join(", ", report.Files)}");
        foreach ((string name, double value) in report.Terms)
            context.Human.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{name} {value:G6}");
        context.Human.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"loss {report.Total:G6}, norm of the gradients {report.GradientNorm:G6}");
        string verdict = report switch
        {
            { IsFinite: true } => "everything is finite this time",
            { FirstNotFinite: { } stage } => $"the first values that are not finite: {stage}",
            _ => "the network's stages are finite; the loss or its gradients are not",
        };
        context.Human.MarkupLineInterpolated($"{verdict}");
        return report.IsFinite ? ExitCodes.Done : ExitCodes.Failed;
    }
}
