using System.Globalization;
using RfDetr.Torch;
using static RfDetr.Training.OptionForms;

namespace RfDetr.Training;

/// <summary>The names, text forms and descriptions of all training options; names are rf-detr's where it has them.</summary>
internal static class TrainOptionTable
{
    private const int Million = 1_000_000;

    private static readonly OptionGroup<TrainOptions,
    TrainingModelOptions> s_model = new(o => o.Model, (o, v) => o with { Model = v });
    private static readonly OptionGroup<TrainOptions,
    TrainingDataOptions> s_data = new(o => o.Data, (o, v) => o with { Data = v });
    private static readonly OptionGroup<TrainOptions, TrainingAugmentationOptions> s_augmentation =
        new(o => o.Augmentation, (o, v) => o with { Augmentation = v });

    private static readonly OptionGroup<TrainOptions,
    ScheduleOptions> s_schedule = new(o => o.Schedule, (o, v) => o with { Schedule = v });
    private static readonly OptionGroup<TrainOptions,
    OptimizerOptions> s_optimizer = new(o => o.Optimizer, (o, v) => o with { Optimizer = v });
    private static readonly OptionGroup<TrainOptions, LossOptions> s_loss = new(o => o.Loss, (o, v) => o with { Loss = v });
    private static readonly OptionGroup<TrainOptions, EmaOptions> s_ema = new(o => o.Ema, (o, v) => o with { Ema = v });
    private static readonly OptionGroup<TrainOptions,
    FreezeOptions> s_freeze = new(o => o.Freeze, (o, v) => o with { Freeze = v });
    private static readonly OptionGroup<TrainOptions,
    AdapterOptions> s_adapter = new(o => o.Adapter, (o, v) => o with { Adapter = v });
    private static readonly OptionGroup<TrainOptions, TrainingEvaluationOptions> s_evaluation =
        new(o => o.Evaluation, (o, v) => o with { Evaluation = v });

    private static readonly OptionGroup<TrainOptions, EarlyStoppingOptions> s_stopping =
        new(o => o.Evaluation.EarlyStopping, (o, v) => o with { Evaluation = o.Evaluation with { EarlyStopping = v } });

    private static readonly OptionGroup<TrainOptions,
    TrainingOutputOptions> s_output = new(o => o.Output, (o, v) => o with { Output = v });
    private static readonly OptionGroup<TrainOptions,
    HardwareOptions> s_hardware = new(o => o.Hardware, (o, v) => o with { Hardware = v });
    private static readonly OptionGroup<TrainOptions, TrainOptions> s_run = new(o => o, (_, v) => v);

    private static OptionForm<Device> Devices { get; } = new(
        "cpu|cuda|cuda:N",
        text => text switch
        {
            "cpu" => Device.Cpu,
            "cuda" => Device.Cuda(-1),
            _ => text.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(text.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                && index < 64
                    ? Device.Cuda(index)
                    : throw new FormatException("is none of cpu, cuda, cuda:N"),
        },
        Name, Name,
        device => device.IsCpu || (device.Kind == DeviceKind.Cuda && device.Index is >= -1 and < 64)
            ? null
            : $"is '{device}', expected cpu, cuda or cuda:N");

    private static OptionForm<FreezeStage> Stages { get; } = new(
        "EPOCH:LAYERS",
        text => text.Split(':') is [var epoch, var layers]
            && int.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            && int.TryParse(layers, NumberStyles.None, CultureInfo.InvariantCulture, out int left)
                ? new FreezeStage(from, left)
                : throw new FormatException("is not EPOCH:LAYERS, e.g. 5:6"),
        stage => Invariant.Text($"{stage.Epoch}:{stage.Layers}"),
        stage => Invariant.Text($"{stage.Epoch}:{stage.Layers}"),
        stage => stage is { Epoch: >= 0, Layers: >= 0 }
            ? null
            : Invariant.Text($"holds {stage.Epoch}:{stage.Layers}; neither may be negative"));

    /// <summary>All options.</summary>
    public static OptionTable<TrainOptions> Table { get; } = new(
    [
        .. Model(), .. Data(), .. Augmentation(), .. Schedule(), .. Optimizer(), .. Loss(), .. Encoder(), .. Evaluation(),
        .. Output(), .. Hardware(),
    ]);

    private static string Name(Device device) => device is { Kind: DeviceKind.Cuda, Index: < 0 } ? "cuda" : device.ToString();

    private static OptionForm<double?> Share => Number("SHARE", 0, 1).Or("0", 0.0);

    private static IEnumerable<OptionEntry<TrainOptions>> Model() =>
    [
        s_model.Option(
            "model", OpenText("NAME|FILE"), m => m.Start, (m, v) => m with { Start = v },
            "What to start from: a published variant (its weights from the cache), any checkpoint file, 'demo', or 'scratch' " +
            "with the network under 'network' in the configuration file."),
        s_model.Option(
            "resolution", Whole("PIXELS", 8, 4096).Open(), m => m.Resolution, (m, v) => m with { Resolution = v },
            "Side of the network's input, a multiple of its patch size × windows; default: the model's own."),
        s_model.Option(
            "num_queries", Whole("N", 1, 10_000).Open(), m => m.NumQueries, (m, v) => m with { NumQueries = v },
            "Object queries; default: the model's own."),
        s_model.Option(
            "num_select", Whole("N", 1, 100_000).Open(), m => m.NumSelect, (m, v) => m with { NumSelect = v },
            "Candidates kept by post-processing; default: the model's own."),
        s_model.Option(
            "group_detr", Whole("N", 1, 64).Open(), m => m.GroupDetr, (m, v) => m with { GroupDetr = v },
            "Groups of queries during training; default: the model's own."),
        s_model.Option(
            "segmentation_head", OnOff.Open(), m => m.SegmentationHead, (m, v) => m with { SegmentationHead = v },
            "Keep the mask head; off: train boxes only from a model with masks; default: the model's own."),
        s_model.Option(
            "resize_antialias", OnOff.Open(), m => m.ResizeAntialias, (m, v) => m with { ResizeAntialias = v },
            "Resize images with antialias; default: as the model says, else off (rf-detr's rule since 1.9). Stored in the " +
            "checkpoints."),
        s_model.Option(
            "drop_path", Number("RATE", 0, 0.99), m => m.DropPath, (m, v) => m with { DropPath = v },
            "Share of the encoder's residual branches left out at random in its last layer (stochastic depth)."),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Data() =>
    [
        s_data.Option(
            "dataset_dir", OpenText("DIR"), d => d.Folder, (d, v) => d with { Folder = v },
            "Data set: COCO (Roboflow's layout or the original one), YOLO or Pascal VOC.", flag: "--data", mayChange: true),
        s_data.Option(
            "train_split", Text("SPLIT"), d => d.TrainSplit, (d, v) => d with { TrainSplit = v },
            "Images to learn from."),
        s_data.Option(
            "val_split", OpenText("SPLIT"), d => d.ValSplit, (d, v) => d with { ValSplit = v },
            "Images to evaluate on; default: valid or val, whichever there is.", mayChange: true),
        s_data.Option(
            "keep_grouping_class", OnOff, d => d.KeepGroupingClass, (d, v) => d with { KeepGroupingClass = v },
            "Keep Roboflow's grouping category 0 as a class, as rf-detr did before 1.9.2."),
        s_data.Option(
            "follow_links", OnOff, d => d.FollowLinks, (d, v) => d with { FollowLinks = v },
            "Let symbolic links lead out of the data set's folder: for links of your own.", mayChange: true),
        s_data.Option(
            "batch_size", Whole("N", 1, 4096).Or("auto", 0L, alsoRead: "0"), d => d.BatchSize, (d, v) => d with { BatchSize = v },
            "Images per step and process; auto: as many as the machine's memory holds, at most 16.", alias: "batch"),
        s_data.Option(
            "grad_accum_steps", Whole("N", 1, 4096), d => d.Accumulation, (d, v) => d with { Accumulation = v },
            "Batches whose gradients are added up before the weights change."),
        s_data.Option(
            "sampling", Choice(("shuffle", Sampling.Shuffle), ("repeat_factor", Sampling.RepeatFactor)), d => d.Sampling,
            (d, v) => d with { Sampling = v },
            "How images are drawn; repeat_factor: those with rare classes more often (LVIS)."),
        s_data.Option(
            "on_bad_image", Choice(("stop", BadImage.Stop), ("skip", BadImage.Skip)), d => d.OnBadImage,
            (d, v) => d with { OnBadImage = v },
            "What an image that cannot be read does to the run.", mayChange: true),
        s_data.Option(
            "num_workers", Whole("N", 1, 256), d => d.Workers, (d, v) => d with { Workers = v },
            "Threads that decode and augment images.", mayChange: true),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Augmentation() =>
    [
        s_augmentation.Option(
            "augmentation",
            Choice(
                ("default", AugmentationPreset.Default), ("none", AugmentationPreset.None),
                ("conservative", AugmentationPreset.Conservative),
                ("aggressive", AugmentationPreset.Aggressive), ("aerial", AugmentationPreset.Aerial),
                ("industrial", AugmentationPreset.Industrial)),
            a => a.Preset, (a, v) => a with { Preset = v }, "How training images are varied."),
        s_augmentation.Option(
            "multi_scale", OnOff.Open(), a => a.MultiScale, (a, v) => a with { MultiScale = v },
            "Bring each batch to a size of its own around the resolution; default: as the model was trained, else on for " +
            "published variants and from scratch, off for other networks."),
        s_augmentation.Option(
            "expanded_scales", OnOff, a => a.ExpandedScales, (a, v) => a with { ExpandedScales = v },
            "More sizes for multi_scale: five steps down and up instead of three and four."),
        s_augmentation.Option(
            "mosaic", Share, a => a.Mosaic, (a, v) => a with { Mosaic = v is 0 ? null : v },
            "Share of images put together from four; 0: as the augmentation has it."),
        s_augmentation.Option(
            "mixup", Share, a => a.MixUp, (a, v) => a with { MixUp = v is 0 ? null : v },
            "Share of images mixed with another one; 0: as the augmentation has it."),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Schedule() =>
    [
        s_schedule.Option(
            "epochs", Whole("N", 1, Million), s => s.Epochs, (s, v) => s with { Epochs = v }, "Passes over the training images.",
            mayChange: true),
        s_schedule.Option(
            "lr_scheduler", Choice(("step", ScheduleKind.Step), ("cosine", ScheduleKind.Cosine)), s => s.Kind,
            (s, v) => s with { Kind = v },
            "How the rates fall."),
        s_schedule.Option(
            "lr_drop", Whole("EPOCH", 1, Million), s => s.DropEpoch, (s, v) => s with { DropEpoch = v },
            "With 'step': the rates are divided by 10 from this epoch on."),
        s_schedule.Option(
            "lr_min_factor", Number("FACTOR", 0, 1), s => s.MinFactor, (s, v) => s with { MinFactor = v },
            "With 'cosine': the share of the rate that is left at the end."),
        s_schedule.Option(
            "warmup_epochs", Number("EPOCHS", 0, Million), s => s.WarmupEpochs, (s, v) => s with { WarmupEpochs = v },
            "Epochs in which the rates rise from 0; may be a fraction."),
        s_run.Option(
            "seed", Whole("N", 0, int.MaxValue), o => o.Seed, (o, v) => o with { Seed = v },
            "Decides every random choice of the run; equal seeds give equal runs on a CPU."),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Optimizer() =>
    [
        s_optimizer.Option(
            "lr", Number("RATE", 0, 10), p => p.LearningRate, (p, v) => p with { LearningRate = v },
            "Learning rate of everything but the encoder (the decoder's is lr × lr_component_decay)."),
        s_optimizer.Option(
            "lr_encoder", Number("RATE", 0, 10), p => p.EncoderLearningRate, (p, v) => p with { EncoderLearningRate = v },
            "Learning rate of the encoder's last layer before the decays."),
        s_optimizer.Option(
            "lr_vit_layer_decay", Number("FACTOR", 0, 1), p => p.LayerDecay, (p, v) => p with { LayerDecay = v },
            "Factor on the encoder's rate for each layer further down."),
        s_optimizer.Option(
            "lr_component_decay", Number("FACTOR", 0, 1), p => p.ComponentDecay, (p, v) => p with { ComponentDecay = v },
            "Factor on the decoder's rate; its square is on the encoder's."),
        s_optimizer.Option(
            "weight_decay", Number("DECAY", 0, 10), p => p.WeightDecay, (p, v) => p with { WeightDecay = v },
            "AdamW's weight decay."),
        s_optimizer.Option(
            "clip_max_norm", Number("NORM", 0, 1e6), p => p.ClipNorm, (p, v) => p with { ClipNorm = v },
            "Gradients are scaled down to this norm; 0: never."),
        s_ema.Option(
            "use_ema", OnOff, e => e.Enabled, (e, v) => e with { Enabled = v },
            "Keep an exponential moving average of the weights; usually the better model."),
        s_ema.Option(
            "ema_decay", Number("DECAY", 0, 1), e => e.Decay, (e, v) => e with { Decay = v },
            "Decay of the average after its first updates."),
        s_ema.Option(
            "ema_tau", Number("N", 0, 1e9), e => e.Tau, (e, v) => e with { Tau = v },
            "Updates in which the average's decay grows; 0: none."),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Loss() =>
    [
        s_loss.Option(
            "cls_loss",
            Choice(
                ("ia_bce", ClassLossKind.IouAware), ("focal", ClassLossKind.Focal), ("varifocal", ClassLossKind.Varifocal),
                ("position", ClassLossKind.PositionSupervised)),
            l => l.Kind, (l, v) => l with { Kind = v }, "The class loss."),
        s_loss.Option(
            "cls_loss_coef", Weight, l => l.ClassWeight, (l, v) => l with { ClassWeight = v },
            "Weight of the class loss."),
        s_loss.Option(
            "bbox_loss_coef", Weight, l => l.BoxWeight, (l, v) => l with { BoxWeight = v },
            "Weight of the boxes' L1 loss."),
        s_loss.Option(
            "giou_loss_coef", Weight, l => l.GIoUWeight, (l, v) => l with { GIoUWeight = v },
            "Weight of the boxes' GIoU loss."),
        s_loss.Option(
            "mask_ce_loss_coef", Weight, l => l.MaskCrossEntropyWeight, (l, v) => l with { MaskCrossEntropyWeight = v },
            "Weight of the masks' cross-entropy."),
        s_loss.Option(
            "mask_dice_loss_coef", Weight, l => l.MaskDiceWeight, (l, v) => l with { MaskDiceWeight = v },
            "Weight of the masks' dice loss."),
        s_loss.Option(
            "class_weights", Choice(("none", ClassWeighting.None), ("balanced", ClassWeighting.Balanced)),
            l => l.ClassWeights, (l, v) => l with { ClassWeights = v },
            "Weights of the classes in the class loss; balanced: rare ones count more."),
    ];

    private static OptionForm<double> Weight => Number("WEIGHT", 0, 1e6);

    private static IEnumerable<OptionEntry<TrainOptions>> Encoder() =>
    [
        s_freeze.Option(
            "freeze_encoder", OnOff, f => f.Encoder, (f, v) => f with { Encoder = v },
            "Leave the whole encoder as it is."),
        s_freeze.Option(
            "freeze_layers", Whole("N", 0, 1000), f => f.Layers, (f, v) => f with { Layers = v },
            "Leave the encoder's embeddings and its first N layers as they are."),
        s_freeze.Option(
            "unfreeze", List(Stages), f => f.Unfreeze, (f, v) => f with { Unfreeze = v },
            "From an epoch on (counted from 0) only so many layers stay frozen, e.g. 5:6,10:0."),
        s_adapter.Option(
            "adapter", Choice(("no", AdapterKind.None), ("lora", AdapterKind.Lora), ("dora", AdapterKind.Dora)), a => a.Kind,
            (a, v) => a with { Kind = v },
            "Train small additions to the encoder's attention instead of the encoder; merged in what is saved for use."),
        s_adapter.Option("lora_rank", Whole("N", 1, 1024), a => a.Rank, (a, v) => a with { Rank = v }, "Rank of the additions."),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Evaluation() =>
    [
        s_evaluation.Option(
            "eval_interval", Whole("N", 1, Million), e => e.Interval, (e, v) => e with { Interval = v },
            "Epochs from one evaluation to the next; the last epoch is always evaluated."),
        s_evaluation.Option(
            "eval_batch_size", Whole("N", 1, 4096).Or("0", 0L), e => e.BatchSize, (e, v) => e with { BatchSize = v },
            "Images per run of the network during evaluation; 0: as in training.", mayChange: true),
        s_evaluation.Option(
            "eval_max_dets", Whole("N", 1, 100_000), e => e.MaxDetections, (e, v) => e with { MaxDetections = v },
            "Detections per image that count in the log's AP."),
        s_evaluation.Option(
            "run_test", OnOff, e => e.RunTest, (e, v) => e with { RunTest = v },
            "Evaluate the best weights on the split 'test' at the end, where there is one.", mayChange: true),
        s_stopping.Option(
            "early_stopping", OnOff, e => e.Enabled, (e, v) => e with { Enabled = v },
            "End when the AP no longer grows."),
        s_stopping.Option(
            "early_stopping_patience", Whole("N", 1, Million), e => e.Patience, (e, v) => e with { Patience = v },
            "Evaluations without growth before the end."),
        s_stopping.Option(
            "early_stopping_min_delta", Number("AP", 0, 1), e => e.MinDelta, (e, v) => e with { MinDelta = v },
            "What counts as growth."),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Output() =>
    [
        s_output.Option(
            "output_dir", OpenText("DIR"), o => o.Folder, (o, v) => o with { Folder = v },
            "Run folder for checkpoints, measurements and the report.", flag: "--output", mayChange: true),
        s_output.Option(
            "checkpoint_interval", Whole("N", 1, Million), o => o.CheckpointInterval, (o, v) => o with { CheckpointInterval = v },
            "Epochs from one numbered checkpoint to the next.", mayChange: true),
        s_output.Option(
            "save_steps", Whole("N", 1, int.MaxValue).Or("0", 0L), o => o.SaveSteps, (o, v) => o with { SaveSteps = v },
            "Steps from one saving of checkpoint.pth to the next within an epoch; 0: at the end of epochs only.",
            mayChange: true),
        s_output.Option(
            "log_steps", Whole("N", 1, int.MaxValue), o => o.LogSteps, (o, v) => o with { LogSteps = v },
            "Steps from one line of progress to the next.", mayChange: true),
        s_output.Option(
            "tensorboard", OnOff, o => o.TensorBoard, (o, v) => o with { TensorBoard = v }, "Write TensorBoard event files.",
            mayChange: true),
        s_output.Option(
            "report", OnOff, o => o.Report, (o, v) => o with { Report = v },
            "Write report.html at the end.", mayChange: true),
    ];

    private static IEnumerable<OptionEntry<TrainOptions>> Hardware() =>
    [
        s_hardware.Option(
            "device", Devices, h => h.Device, (h, v) => h with { Device = v },
            "Where the network runs.", mayChange: true),
        s_hardware.Option(
            "amp", Choice(("no", MixedPrecision.None), ("bf16", MixedPrecision.BFloat16), ("fp16", MixedPrecision.Float16)),
            h => h.Precision, (h, v) => h with { Precision = v },
            "Mixed precision of the network; matching and losses stay in float32."),
        s_hardware.Option(
            "processes", Whole("N", 1, 64), h => h.Processes, (h, v) => h with { Processes = v },
            "Processes that share the work of each step, on this machine."),
        s_hardware.Option(
            "rank_timeout", Whole("SECONDS", 1, 86_400), h => h.RankTimeout, (h, v) => h with { RankTimeout = v },
            "Seconds that a process waits for the others of its run, at the start and in every step; then all end with an error.",
            mayChange: true),
        s_hardware.Option(
            "threads", Whole("N", 1, 1024).Or("0", 0L), h => h.Threads, (h, v) => h with { Threads = v },
            "Threads of the network; 0: one for each physical core, shared among the processes.", mayChange: true),
        s_hardware.Option(
            "gradient_checkpointing", OnOff, h => h.GradientCheckpointing, (h, v) => h with { GradientCheckpointing = v },
            "Compute the encoder's layers a second time instead of keeping their values: less memory, more time.",
            mayChange: true),
    ];
}
