using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Data;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>At a run's end: measures the best weights once more and writes <c>results.json</c> and <c>report.html</c>.</summary>
/// <param name="setup">The run.</param>
/// <param name="folder">Folder that it writes to.</param>
/// <param name="step">Whose network measures; its weights are overwritten by the best ones.</param>
/// <param name="log">Hears what was written.</param>
internal sealed class FinalResults(RunSetup setup, RunFolder folder, TrainingStep step, ITrainingLog log)
{
    /// <summary>
    /// Measures and writes; returns the scores of the best weights. Does nothing and returns null without a split to evaluate on.
    /// </summary>
    public EpochScores? Write(CancellationToken cancellation)
    {
        if (setup.Valid is not { } valid || !File.Exists(folder.BestTotal))
            return null;
        TakeBest();
        NetworkEvaluation best = Evaluate(valid, cancellation);
        var splits = new List<(string, EvaluationResult)> { (valid.Name, best.Masks ?? best.Boxes) };
        if (setup.Options.Evaluation.RunTest && setup.Test is { } test)
        {
            NetworkEvaluation tested = Evaluate(test, cancellation);
            splits.Add((test.Name, tested.Masks ?? tested.Boxes));
            string masks = tested.Scores.MaskAp is { } ap ? Invariant.Text($", mask AP {ap:0.000}") : "";
            log.Note(Invariant.Text($"split '{test.Name}': box AP {tested.Scores.BoxAp:0.000}{masks}"));
        }

        ResultsJson.Write(folder.Results, splits);
        if (setup.Options.Output.Report)
            Report(valid, best);
        log.Note($"results: {folder.Results}{(setup.Options.Output.Report ? $", {folder.Report}" : "")}");
        return best.Scores;
    }

    private void TakeBest()
    {
        using Checkpoint file = Checkpoint.Open(folder.BestTotal);
        foreach ((string name, TorchTensor value) in step.Backend.Parameters)
        {
            if (file.TryGet(name, out HostTensor? tensor))
                HostCopies.Fill(value, tensor, name);
        }
    }

    private NetworkEvaluation Evaluate(DataSplit split, CancellationToken cancellation)
    {
        NetworkEvaluator evaluator = EpochEvaluation.Evaluator(setup, split);
        return evaluator.Run(new NetworkRunner(step.Network, step.Backend), null, log.Evaluating, cancellation);
    }

    private void Report(DataSplit split, NetworkEvaluation best)
    {
        EvaluationResult main = best.Masks ?? best.Boxes;
        RunReport.Write(folder.Report, new RunReportContent
        {
            Title = $"Training run {Path.GetFileName(folder.Path)}",
            Facts =
            [
                ("start", setup.Start.Description), ("data", setup.Options.Data.Folder!),
                ("epochs", setup.Options.Schedule.Epochs.ToString(CultureInfo.InvariantCulture)),
                ("batch", $"{setup.BatchSize} × {setup.Options.Data.Accumulation}"),
                ("input", $"{setup.Config.Resolution}×{setup.Config.Resolution}"),
                ("learning rate", setup.Options.Optimizer.LearningRate.ToString(CultureInfo.InvariantCulture)),
                ("seed", setup.Options.Seed.ToString(CultureInfo.InvariantCulture)),
            ],
            History = File.Exists(folder.Metrics) ? RunHistory.Read(folder.Metrics) : RunHistory.Empty,
            Evaluations = best.Masks is { } masks ? [best.Boxes, masks] : [best.Boxes],
            Examples = ExampleChoice.Draw(main, split.Images, best.Input.Found, setup.Train.Classes),
        });
    }
}
