namespace RfDetr.Training;

#pragma warning disable CS1591 // Described by their attributes: see TrainOptions.cs.

public sealed partial record TrainOptions
{
    [TrainOption("SPLIT", "Images to learn from.")]
    public string TrainSplit { get; init; } = "train";

    [TrainOption("SPLIT", "Images to evaluate on; default: valid or val, whichever there is.", MayChange = true)]
    public string? ValSplit { get; init; }

    [TrainOption("default|none|conservative|aggressive|aerial|industrial", "How training images are varied.")]
    public string Augmentation { get; init; } = "default";

    [TrainOption("on|off", "Bring each batch to a size of its own around the resolution.")]
    public bool MultiScale { get; init; } = true;

    [TrainOption("on|off", "More sizes for multi_scale: five steps down and up instead of three and four.")]
    public bool ExpandedScales { get; init; } = true;

    [TrainOption("SHARE", "Share of images put together from four.", Least = 0, Most = 1)]
    public double Mosaic { get; init; }

    [TrainOption("SHARE", "Share of images mixed with another one.", Key = "mixup", Least = 0, Most = 1)]
    public double MixUp { get; init; }

    [TrainOption("shuffle|repeat_factor", "How images are drawn; repeat_factor: those with rare classes more often (LVIS).")]
    public string Sampling { get; init; } = "shuffle";

    [TrainOption("on|off", "Keep Roboflow's grouping category 0 as a class, as rf-detr did before 1.9.2.")]
    public bool KeepGroupingClass { get; init; }

    [TrainOption("on|off", "Let symbolic links lead out of the data set's folder: for links of your own.", MayChange = true)]
    public bool FollowLinks { get; init; }

    [TrainOption("stop|skip", "What an image that cannot be read does to the run.", MayChange = true)]
    public string OnBadImage { get; init; } = "stop";

    [TrainOption("N", "Epochs from one evaluation to the next; the last epoch is always evaluated.", Least = 1, Most = 1_000_000)]
    public int EvalInterval { get; init; } = 1;

    [TrainOption("N", "Images per run of the network during evaluation; 0: as in training.", Least = 0, Most = 4096, MayChange = true)]
    public int EvalBatchSize { get; init; }

    [TrainOption("N", "Detections per image that count in the log's AP.", Least = 1, Most = 100_000)]
    public int EvalMaxDets { get; init; } = 500;

    [TrainOption("on|off", "Evaluate the best weights on the split 'test' at the end, where there is one.", MayChange = true)]
    public bool RunTest { get; init; }

    [TrainOption("on|off", "End when the AP no longer grows.")]
    public bool EarlyStopping { get; init; }

    [TrainOption("N", "Evaluations without growth before the end.", Least = 1, Most = 1_000_000)]
    public int EarlyStoppingPatience { get; init; } = 10;

    [TrainOption("AP", "What counts as growth.", Least = 0, Most = 1)]
    public double EarlyStoppingMinDelta { get; init; } = 0.001;

    [TrainOption("N", "Epochs from one numbered checkpoint to the next.", Least = 1, Most = 1_000_000, MayChange = true)]
    public int CheckpointInterval { get; init; } = 10;

    [TrainOption("N", "Steps from one saving of checkpoint.pth to the next within an epoch; 0: at the end of epochs only.", Least = 0, Most = int.MaxValue, MayChange = true)]
    public int SaveSteps { get; init; }

    [TrainOption("N", "Steps from one line of progress to the next.", Least = 1, Most = int.MaxValue, MayChange = true)]
    public int LogSteps { get; init; } = 10;

    [TrainOption("on|off", "Write TensorBoard event files.", MayChange = true)]
    public bool Tensorboard { get; init; } = true;

    [TrainOption("on|off", "Write report.html at the end.", MayChange = true)]
    public bool Report { get; init; } = true;
}
