using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>Record of a step whose loss or gradients were not finite: enough to take exactly this step again.</summary>
internal static class NotFinite
{
    /// <summary>Key of the step in a replay file.</summary>
    public const string Key = "rfdetr_replay";

    /// <summary>Saves the step and gives the error to end the run with.</summary>
    public static TrainingException Stop(
        RunFolder folder, RunSetup setup, TrainingStep step, RunStatus status, StepResult result,
        IReadOnlyList<TrainingBatch> batches, int rank)
    {
        string path = folder.In(
            string.Create(CultureInfo.InvariantCulture, $"replay-step{status.Steps}{(rank > 0 ? $"-rank{rank}" : "")}.pth"));
        string terms = string.Join(", ", result.Terms.Where(t => !double.IsFinite(t.Value)).Select(t => t.Name));
        string what = double.IsFinite(result.Total)
            ? "the gradients are not finite"
            : $"the loss is not finite ({(terms.Length > 0 ? terms : "as a sum")})";
        var replay = new PlainMap(
        [
            new("steps", status.Steps), new("epoch", (long)status.Epoch), new("step_in_epoch", (long)status.StepInEpoch),
            new("seed", StepSeed.Of(setup.Options.Seed, status.Steps, rank)), new("gradient_norm", result.GradientNorm),
            new("total", result.Total),
            new("terms", PlainMap.Of(result.Terms.Select(t => ((object)t.Name, (object?)t.Value)))),
            new("batches", batches.Select(object? (b) => ToPlain(b)).ToList()),
        ]);
        TorchWriter.Write(path, new CheckpointContent
        {
            Weights = HostCopies.Of(step.Backend.Parameters.Select(p => (p.Key, p.Value))),
            Args = RunArgs.Of(
                setup.Start.Args, setup.Options, setup.Config, setup.Classes, setup.ResizeRule == ResizeRule.BilinearAntialias),
            ClassMap = setup.Classes,
            Metadata = new PlainMap([new(Key, replay)]),
        });
        return new TrainingException(
            $"step {status.StepInEpoch + 1} of epoch {status.Epoch + 1}: {what}. The batch was "
                + $"{string.Join(", ", batches.SelectMany(b => b.Files).Distinct())}. " +
            $"Step, batch and weights are in '{path}': look at them with rfdetr train --replay '{path}'. A smaller --lr, "
                + $"or --amp no, often helps; the last checkpoint is intact");
    }

    private static PlainMap ToPlain(TrainingBatch batch) => new(
    [
        new(
            "pixels",
            HostTensor.Of(
                batch.Pixels, batch.Size, batch.Pixels.Length / (batch.Size * batch.Height * batch.Width), batch.Height,
                batch.Width)),
        new("files", batch.Files.Select(object? (f) => f).ToList()),
        new("targets", batch.Targets.Select(object? (t) => ToPlain(t)).ToList()),
    ]);

    private static PlainMap ToPlain(Target target) => new(
    [
        new("image", target.ImageId),
        new("boxes", HostTensor.Of(target.Boxes, target.Count, 4)),
        new("labels", target.Labels.Select(object? (l) => (long)l).ToList()),
        new(
            "masks",
            target.Masks?.Select(object? (m) =>
                new List<object?> { (long)m.X, (long)m.Y, (long)m.Width, (long)m.Height, m.Pixels }).ToList()),
    ]);
}

/// <summary>A run cannot go on: the message says what happened, at which step, and what to do.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : RfDetrException(message, inner);
