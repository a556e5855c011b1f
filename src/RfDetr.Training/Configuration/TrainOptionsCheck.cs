namespace RfDetr.Training;

/// <summary>
/// Check that options are allowed and fit each other; all mistakes in one message, before the first second of work.
/// </summary>
internal static class TrainOptionsCheck
{
    /// <summary>Throws if anything is wrong.</summary>
    /// <exception cref="ArgumentException">All mistakes, each with the option's name, its value and the cure.</exception>
    public static void Validate(this TrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] wrong = [.. Mistakes(options)];
        if (wrong.Length > 0)
            throw new ArgumentException("training options: " + string.Join("; ", wrong));
    }

    private static IEnumerable<string> Mistakes(TrainOptions o) =>
        [.. TrainOptions.Table.Mistakes(o), .. Missing(o), .. Contradictions(o), .. Frozen(o)];

    private static IEnumerable<string> Missing(TrainOptions o)
    {
        TrainingModelOptions model = o.Model;
        if (string.IsNullOrWhiteSpace(model.Start))
            yield return "model is missing; name a published variant, a checkpoint file, 'demo' or 'scratch' (--model)";
        if (string.IsNullOrWhiteSpace(o.Data.Folder))
            yield return "dataset_dir is missing; give the folder of the images (--data)";
        if (string.IsNullOrWhiteSpace(o.Output.Folder))
            yield return "output_dir is missing; give a folder for the run (--output)";
        if (model.Start == TrainingModelOptions.Scratch && model.Network is null)
            yield return "model is 'scratch', but the configuration file has no 'network' that says what to build";
        if (model.Start is { } named && named != TrainingModelOptions.Scratch && model.Network is not null)
            yield return $"model is '{named}', so 'network' has no use; write model: scratch to train from random weights";
    }

    private static IEnumerable<string> Contradictions(TrainOptions o)
    {
        int epochs = o.Schedule.Epochs;
        if (o.Hardware is { Precision: MixedPrecision.Float16, Device.IsCpu: true })
            yield return "amp is fp16, which a CPU cannot compute in; use bf16 or no, or device cuda";
        if (o.Schedule.WarmupEpochs >= epochs && epochs > 0)
            yield return Invariant.Text($"warmup_epochs {o.Schedule.WarmupEpochs} leave nothing of epochs {epochs}");
        if (o.Data.BatchSize is null && o.Hardware.Processes > 1)
            yield return $"batch_size auto cannot be used with processes {o.Hardware.Processes}; give a number";
        if (o.Adapter.Kind != AdapterKind.None && o.Freeze.IsFrozen)
            yield return $"adapter {Text("adapter", o)} leaves the encoder's own weights as they are already; " +
                "drop freeze_encoder and freeze_layers";
        if (o.Evaluation.EarlyStopping.Enabled && o.Evaluation.Interval > epochs)
            yield return $"early_stopping needs evaluations, but eval_interval {o.Evaluation.Interval} is above epochs {epochs}";
        if (o.Data.TrainSplit == o.Data.ValSplit)
            yield return $"val_split and train_split are both '{o.Data.TrainSplit}'; " +
                "a model is not measured on what it learnt from";
        if (o.Ema is { Enabled: true, Decay: 1 })
            yield return "ema_decay is 1, with which the average never moves; take a number below 1, or use_ema off";
        if (o.Optimizer is { LearningRate: 0, EncoderLearningRate: 0 })
            yield return "lr and lr_encoder are both 0; nothing would change";
        if (o.Optimizer.LayerDecay == 0 || o.Optimizer.ComponentDecay == 0)
            yield return "lr_vit_layer_decay and lr_component_decay must be above 0; " +
                "leave parts of the encoder out with freeze_encoder or freeze_layers";
        if (o.Loss is { ClassWeight: 0, BoxWeight: 0, GIoUWeight: 0 })
            yield return "cls_loss_coef, bbox_loss_coef and giou_loss_coef are all 0; nothing would be learnt";
    }

    private static IEnumerable<string> Frozen(TrainOptions o)
    {
        if (o.Freeze.Unfreeze.Count > 0 && !o.Freeze.IsFrozen)
            yield return "unfreeze is given, but nothing is frozen; add freeze_encoder or freeze_layers";
        int before = 0;
        foreach (FreezeStage stage in o.Freeze.Unfreeze)
        {
            string text = Invariant.Text($"{stage.Epoch}:{stage.Layers}");
            if (stage.Epoch >= o.Schedule.Epochs)
                yield return $"unfreeze '{text}' begins after the last of {o.Schedule.Epochs} epochs";
            if (stage.Epoch <= before)
                yield return $"unfreeze '{text}' must begin after epoch {before}; " +
                    "stages come by rising epoch, the first after epoch 0";
            before = stage.Epoch;
        }
    }

    private static string Text(string key, TrainOptions options) => TrainOptions.Table.Find(key)!.Text(options);
}
