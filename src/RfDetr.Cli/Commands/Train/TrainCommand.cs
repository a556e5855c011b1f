using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Training;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr train</c>: fine-tunes a checkpoint or trains a network from scratch.</summary>
internal sealed class TrainCommand
{
    private readonly TrainArguments _arguments = new();

    public static Command Create()
    {
        var c = new TrainCommand();
        return new Verb("train", "Train on labelled pictures: fine-tune a model, or go on with a run. First Ctrl-C: finish the step and save.", c.RunAsync, c._arguments.Symbols);
    }

    private Task<int> RunAsync(CliContext context)
    {
        TrainOptions options = _arguments.Read(context);
        var trainer = new Trainer(options, new TrainLog(context)) { Resume = _arguments.IsResume(context) };
        TrainingOutcome outcome = trainer.Run(context.Cancellation);
        context.WriteJson(json => TrainJson.Write(json, outcome));
        if (outcome.Ended == TrainingEnd.Interrupted)
        {
            context.Human.MarkupLineInterpolated($"stopped and saved after step {outcome.Steps}; go on with: rfdetr train --resume {options.Output!}");
            return Task.FromResult(ExitCodes.Interrupted);
        }

        context.Human.MarkupLineInterpolated($"best weights: {outcome.BestCheckpoint ?? "none were evaluated"}{TrainLog.Scores("at", outcome.Best)}");
        return Task.FromResult(ExitCodes.Done);
    }
}
