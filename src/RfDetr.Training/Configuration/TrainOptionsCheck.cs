using System.Globalization;

namespace RfDetr.Training;

/// <summary>Whether options are allowed and fit each other; all mistakes in one message, before the first second of work.</summary>
public static class TrainOptionsCheck
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

    /// <summary>True for the processor.</summary>
    internal static bool IsCpu(string device) => device == "cpu";

    /// <summary>True for <c>cpu</c>, <c>cuda</c> and <c>cuda:N</c>.</summary>
    internal static bool IsDevice(string device) => device is "cpu" or "cuda"
        || (device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(device.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < 64);

    private static IEnumerable<string> Mistakes(TrainOptions o)
    {
        foreach (TrainOption option in TrainOption.All)
        {
            if (option.Mistake(o) is { } mistake)
                yield return $"{option.Key} {mistake}";
        }

        foreach (string mistake in Missing(o).Concat(Contradictions(o)).Concat(Frozen(o)))
            yield return mistake;
    }

    private static IEnumerable<string> Missing(TrainOptions o)
    {
        if (string.IsNullOrWhiteSpace(o.Model))
            yield return "model is missing; name a published variant, a checkpoint file, 'demo' or 'scratch' (--model)";
        if (string.IsNullOrWhiteSpace(o.Data))
            yield return "dataset_dir is missing; give the folder of the images (--data)";
        if (string.IsNullOrWhiteSpace(o.Output))
            yield return "output_dir is missing; give a folder for the run (--output)";
        if (o.Model == "scratch" && o.Network is null)
            yield return "model is 'scratch', but the configuration file has no 'network' that says what to build";
        if (o.Model is { } named && named != "scratch" && o.Network is not null)
            yield return $"model is '{named}', so 'network' has no use; write model: scratch to train from random weights";
    }

    private static IEnumerable<string> Contradictions(TrainOptions o)
    {
        if (!IsDevice(o.Device))
            yield return $"device is '{o.Device}', expected cpu, cuda or cuda:N";
        if (o.Amp == "fp16" && o.Device == "cpu")
            yield return "amp is fp16, which a CPU cannot compute in; use bf16 or no, or device cuda";
        if (o.WarmupEpochs >= o.Epochs && o.Epochs > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"warmup_epochs {o.WarmupEpochs} leave nothing of epochs {o.Epochs}");
        if (o.BatchSize == 0 && o.Processes > 1)
            yield return $"batch_size auto cannot be used with processes {o.Processes}; give a number";
        if (o.Adapter != "no" && (o.FreezeEncoder || o.FreezeLayers > 0))
            yield return $"adapter {o.Adapter} leaves the encoder's own weights as they are already; drop freeze_encoder and freeze_layers";
        if (o.EarlyStopping && o.EvalInterval > o.Epochs)
            yield return $"early_stopping needs evaluations, but eval_interval {o.EvalInterval} is above epochs {o.Epochs}";
        if (o.TrainSplit == o.ValSplit)
            yield return $"val_split and train_split are both '{o.TrainSplit}'; a model is not measured on what it learnt from";
        if (o.Lr == 0 && o.LrEncoder == 0)
            yield return "lr and lr_encoder are both 0; nothing would change";
        if (o.ClsLossCoef + o.BboxLossCoef + o.GiouLossCoef == 0)
            yield return "cls_loss_coef, bbox_loss_coef and giou_loss_coef are all 0; nothing would be learnt";
    }

    private static IEnumerable<string> Frozen(TrainOptions o)
    {
        if (o.Unfreeze.Count > 0 && !o.FreezeEncoder && o.FreezeLayers == 0)
            yield return "unfreeze is given, but nothing is frozen; add freeze_encoder or freeze_layers";
        foreach (string stage in o.Unfreeze)
        {
            if (!TryStage(stage, out int epoch, out _))
                yield return $"unfreeze holds '{stage}', expected EPOCH:LAYERS, e.g. 5:6";
            else if (epoch >= o.Epochs)
                yield return $"unfreeze '{stage}' begins after the last of {o.Epochs} epochs";
        }
    }

    /// <summary>Reads one stage of <c>unfreeze</c>.</summary>
    internal static bool TryStage(string text, out int epoch, out int layers)
    {
        (epoch, layers) = (0, 0);
        string[] parts = text.Split(':');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out epoch)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out layers);
    }
}
