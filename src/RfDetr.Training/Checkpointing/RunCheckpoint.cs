using RfDetr.Checkpoints;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// A run's checkpoints: the dictionary that rf-detr writes and reads, with what an exact resume needs beside it under one key.
/// </summary>
/// <param name="setup">The run.</param>
/// <param name="step">Weights, average, optimizer.</param>
internal sealed class RunCheckpoint(RunSetup setup, TrainingStep step)
{
    private const string StateKey =
        "rfdetr_training", AdapterKey = "adapters", UpdatesKey = "ema_updates", ScaleKey = "loss_scale",
        FiniteKey = "finite_steps";

    private readonly PlainMap _args = RunArgs.Of(
        setup.Start.Args, setup.Options, setup.Config, setup.Classes, setup.ResizeRule == ResizeRule.BilinearAntialias);

    /// <summary>
    /// Everything: weights, average, optimizer, schedule, state of the run. The file appears under its name only when it is
    /// whole.
    /// </summary>
    /// <param name="path">File.</param>
    /// <param name="status">Progress of the run.</param>
    /// <param name="factor">The schedule's present factor.</param>
    public void Save(string path, RunStatus status, double factor)
    {
        PlainMap state = status.ToPlain()
            .With(UpdatesKey, step.Ema?.Updates ?? 0L)
            .With(ScaleKey, step.Scaler?.Scale ?? 1.0)
            .With(FiniteKey, (long)(step.Scaler?.FiniteSteps ?? 0))
            .With(
                AdapterKey,
                step.Lora is { } lora
                    ? PlainMap.Of(lora.State.Select(t => ((object)t.Name, (object?)HostCopies.Of(t.Value))))
                    : null);
        var metadata = new PlainMap(
        [
            new("optimizer", OptimizerState.ToPlain(step.Optimizer, setup.Options.Optimizer, factor)),
            new("lr_scheduler", new PlainMap(
            [
                new("base_lrs", step.Optimizer.Tensors.Select(object? (t) => t.Group.LearningRate).ToList()),
                new("last_epoch", status.Steps),
                new("_step_count", status.Steps + 1),
                new("_last_lr", step.Optimizer.Tensors.Select(object? (t) => t.Group.LearningRate * factor).ToList()),
            ])),
            new("epoch", (long)Math.Max(0, status.StepInEpoch == 0 ? status.Epoch - 1 : status.Epoch)),
            new(StateKey, state),
        ]);
        Write(path, HostCopies.Of(Weights), step.Ema is { } ema ? HostCopies.Of(ema.Averages) : null, metadata);
    }

    /// <summary>Weights and what they mean, for use: a quarter of the size.</summary>
    /// <param name="path">File.</param>
    /// <param name="average">True for the average.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="scores">The weights' scores, whose best threshold is kept with them.</param>
    public void SaveForUse(string path, bool average, int epoch, EpochScores scores) => Write(
        path, HostCopies.Of(average ? step.Ema!.Averages : Weights), null,
        new PlainMap([new("epoch", (long)epoch), new(CheckpointNotes.BestThresholdKey, scores.BestThreshold)]));

    /// <summary>Takes over a saved state; returns how far it was.</summary>
    /// <exception cref="CheckpointFormatException">The file is not of such a run.</exception>
    public RunStatus Restore(Checkpoint file)
    {
        var state = file.Contents[StateKey] as PlainMap;
        RunStatus status = RunStatus.From(state, file.Name);
        OptimizerState.Restore(step.Optimizer, file.Contents["optimizer"], file.Name);
        if (step.Ema is { } ema)
        {
            if (file.Ema is not { } averages || state!["ema_updates"] is not long updates)
                throw new CheckpointFormatException(
                    $"{file.Name}: lacks the average of the weights that the run keeps; use an older checkpoint of the run");
            foreach ((string name, TorchTensor value) in ema.Averages)
                HostCopies.Fill(value, averages.TryGet(name, out HostTensor? host) ? host : throw Lacks(file, name), name);
            ema.Updates = updates;
        }

        if (step.Lora is { } lora)
        {
            foreach ((string name, TorchTensor value) in lora.State)
                HostCopies.Fill(
                    value,
                    state![AdapterKey] is PlainMap map && map.TryGet(name, out StoredTensor? stored)
                        ? stored.Load()
                        : throw Lacks(file, name),
                    name);
        }

        if (step.Scaler is { } scaler && state![ScaleKey] is double scale && state[FiniteKey] is long finite)
            (scaler.Scale, scaler.FiniteSteps) = (scale, (int)finite);
        step.Resume(status.Steps);
        return status;
    }

    private IEnumerable<(string Name, TorchTensor Value)> Weights => step.Backend.Parameters.Select(p => (p.Key, p.Value));

    private void Write(string path, NamedTensors weights, NamedTensors? average, PlainMap metadata)
    {
        var content = new CheckpointContent
        {
            Weights = weights,
            Ema = average,
            Args = _args,
            Metadata = metadata.With("resize_antialias", _args["resize_antialias"]).With(
                CheckpointNotes.LicenseKey, setup.Start.License),
            ClassMap = setup.Classes,
        };
        try
        {
            TorchWriter.Write(path, content);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            // The second is how .NET says that a file grows beyond what its file system or the process's limit allows (EFBIG).
            throw new IOException(
                $"'{path}' could not be written ({e.Message}); what it held before is untouched. Make room, then go on "
                    + $"with --resume",
                e);
        }
    }

    private static CheckpointFormatException Lacks(Checkpoint file, string name) =>
        new($"{file.Name}: lacks '{name}', which the run needs; use an older checkpoint of the run");
}
