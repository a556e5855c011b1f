using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Everything that decides a training run, part by part; each part of a run takes its own record. Defaults are rf-detr's latest
/// where it has the option. <see cref="Table"/> gives each option its name on the command line (<c>--batch-size 8</c>) and in
/// configuration files (<c>batch_size: 8</c>).
/// </summary>
public sealed record TrainOptions
{
    /// <summary>All options with their names and text forms.</summary>
    public static OptionTable<TrainOptions> Table => TrainOptionTable.Table;

    /// <summary>Model that training begins with, and how the network differs from it.</summary>
    public TrainingModelOptions Model { get; init; } = new();

    /// <summary>The images, and how they are made into batches.</summary>
    public TrainingDataOptions Data { get; init; } = new();

    /// <summary>Variations of training images.</summary>
    public TrainingAugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Length of the training, and the course of the learning rates.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Learning rates, weight decay and clipping.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The losses and their weights.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>The moving average of the weights.</summary>
    public EmaOptions Ema { get; init; } = new();

    /// <summary>Parts of the encoder that are not trained.</summary>
    public FreezeOptions Freeze { get; init; } = new();

    /// <summary>Small additions to the encoder that are trained in its place.</summary>
    public AdapterOptions Adapter { get; init; } = new();

    /// <summary>When and how the network is measured, and when that ends the run.</summary>
    public TrainingEvaluationOptions Evaluation { get; init; } = new();

    /// <summary>The run's folder and what is written to it.</summary>
    public TrainingOutputOptions Output { get; init; } = new();

    /// <summary>Devices, processes, threads and precision.</summary>
    public HardwareOptions Hardware { get; init; } = new();

    /// <summary>Decides every random choice of the run, ≥ 0; equal seeds give equal runs on a CPU.</summary>
    public int Seed { get; init; } = 42;
}

/// <summary>Model that training begins with, and how the network differs from it.</summary>
public sealed record TrainingModelOptions
{
    /// <summary>In <see cref="Start"/>: random weights, in the network of <see cref="Network"/>.</summary>
    public const string Scratch = "scratch";

    /// <summary>
    /// A published variant (its weights come from the cache), a checkpoint file, a model that comes with the library such as
    /// <c>demo</c>, or <see cref="Scratch"/>. Required.
    /// </summary>
    public string? Start { get; init; }

    /// <summary>The network of a run from random weights; null for a run that begins with a model.</summary>
    public NetworkOptions? Network { get; init; }

    /// <summary>
    /// Side of the network's square input in pixels, a multiple of patch size × windows; null for the model's own.
    /// </summary>
    public int? Resolution { get; init; }

    /// <summary>Object queries of one group; null for the model's own.</summary>
    public int? NumQueries { get; init; }

    /// <summary>Candidates kept by post-processing; null for the model's own.</summary>
    public int? NumSelect { get; init; }

    /// <summary>Groups of queries during training; null for the model's own.</summary>
    public int? GroupDetr { get; init; }

    /// <summary>False trains boxes only from a model with masks; null for the model's own.</summary>
    public bool? SegmentationHead { get; init; }

    /// <summary>
    /// True to resize images with antialias; null as the model says, else without (rf-detr's rule since 1.9). Stored in the
    /// checkpoints.
    /// </summary>
    public bool? ResizeAntialias { get; init; }

    /// <summary>
    /// Share of the encoder's residual branches that are left out at random in its last layer, linearly less in earlier ones
    /// (stochastic depth); 0 to 0.99.
    /// </summary>
    public double DropPath { get; init; }
}

/// <summary>Effects of an image that cannot be read in the middle of a run.</summary>
public enum BadImage
{
    /// <summary>The run stops with the file's name.</summary>
    Stop,

    /// <summary>Another image takes its place; the file is reported and counted.</summary>
    Skip,
}

/// <summary>The images of a run, and how they are made into batches.</summary>
public sealed record TrainingDataOptions
{
    /// <summary>Folder of the data set: COCO (Roboflow's layout or the original one), YOLO or Pascal VOC. Required.</summary>
    public string? Folder { get; init; }

    /// <summary>The split that is trained on.</summary>
    public string TrainSplit { get; init; } = "train";

    /// <summary>The split that is evaluated on; null for <c>valid</c> or <c>val</c>, whichever there is.</summary>
    public string? ValSplit { get; init; }

    /// <summary>True to keep Roboflow's grouping category 0 as a class, as rf-detr did before 1.9.2.</summary>
    public bool KeepGroupingClass { get; init; }

    /// <summary>True to let symbolic links lead out of the data set's folder: for links of your own.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>Images per step and process, 1 to 4096; null for as many as the machine's memory holds, at most 16.</summary>
    public int? BatchSize { get; init; } = 4;

    /// <summary>Batches whose gradients are added up before the weights change, ≥ 1.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Order and frequency in which images are drawn.</summary>
    public Sampling Sampling { get; init; } = Sampling.Shuffle;

    /// <summary>Effect of an image that cannot be read.</summary>
    public BadImage OnBadImage { get; init; } = BadImage.Stop;

    /// <summary>Threads that decode and augment images, ≥ 1.</summary>
    public int Workers { get; init; } = 2;
}

/// <summary>Variations of training images.</summary>
public sealed record TrainingAugmentationOptions
{
    /// <summary>A named set of variations.</summary>
    public AugmentationPreset Preset { get; init; } = AugmentationPreset.Default;

    /// <summary>
    /// True to bring each batch to a size of its own around the resolution. Null follows the model: as it was trained before,
    /// where its file says so; else on for the published variants and random weights, which rf-detr trains so, and off for other
    /// networks.
    /// </summary>
    /// <remarks>
    /// A network that was trained at one size loses what it knows at others: the built-in <c>cells</c> falls from an AP of 0.554
    /// to 0.460 in one epoch with sizes of 0.44 to 1.56 of its own, and stays at 0.549 without them.
    /// </remarks>
    public bool? MultiScale { get; init; }

    /// <summary>
    /// True for sizes from five steps of patch size × windows below the resolution to five above; false for three below to four
    /// above.
    /// </summary>
    public bool ExpandedScales { get; init; } = true;

    /// <summary>Share of images that are put together from four, above 0 to 1; null as the preset has it.</summary>
    public double? Mosaic { get; init; }

    /// <summary>Share of images that are mixed with another one, above 0 to 1; null as the preset has it.</summary>
    public double? MixUp { get; init; }

    /// <summary>The values of the preset, with the shares that are given.</summary>
    internal AugmentationOptions Resolve()
    {
        AugmentationOptions preset = AugmentationPresets.Get(Preset);
        return preset with { Mosaic = Mosaic ?? preset.Mosaic, MixUp = MixUp ?? preset.MixUp };
    }
}

/// <summary>When and how the network is measured, and when that ends the run.</summary>
public sealed record TrainingEvaluationOptions
{
    /// <summary>Epochs from one evaluation to the next, ≥ 1; the last epoch is always evaluated.</summary>
    public int Interval { get; init; } = 1;

    /// <summary>Images per run of the network during evaluation; null as in training.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Detections per image that count in the log's AP, ≥ 1.</summary>
    public int MaxDetections { get; init; } = 500;

    /// <summary>True to evaluate the best weights on the split <c>test</c> at the end, where there is one.</summary>
    public bool RunTest { get; init; }

    /// <summary>The end of a run whose AP no longer grows.</summary>
    public EarlyStoppingOptions EarlyStopping { get; init; } = new();
}

/// <summary>The end of a run whose AP no longer grows.</summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>True to end the run early.</summary>
    public bool Enabled { get; init; }

    /// <summary>Evaluations without growth before the end, ≥ 1.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>The growth of the AP that counts, 0 to 1.</summary>
    public double MinDelta { get; init; } = 0.001;
}

/// <summary>The run's folder and what is written to it.</summary>
public sealed record TrainingOutputOptions
{
    /// <summary>Folder for checkpoints, measurements and the report. Required.</summary>
    public string? Folder { get; init; }

    /// <summary>Epochs from one numbered checkpoint to the next, ≥ 1.</summary>
    public int CheckpointInterval { get; init; } = 10;

    /// <summary>
    /// Steps from one saving of <c>checkpoint.pth</c> to the next within an epoch; null saves at the end of epochs only.
    /// </summary>
    public int? SaveSteps { get; init; }

    /// <summary>Steps from one report of progress to the next, ≥ 1.</summary>
    public int LogSteps { get; init; } = 10;

    /// <summary>True to write TensorBoard's event files.</summary>
    public bool TensorBoard { get; init; } = true;

    /// <summary>True to write <c>report.html</c> at the end.</summary>
    public bool Report { get; init; } = true;
}

/// <summary>Precisions of the network; matching and losses are always in float32.</summary>
public enum MixedPrecision
{
    /// <summary>Float32 throughout.</summary>
    None,

    /// <summary>Products and convolutions in bfloat16.</summary>
    BFloat16,

    /// <summary>Products and convolutions in float16, with a loss scale; on GPUs only.</summary>
    Float16,
}

/// <summary>Devices, processes, threads and precision.</summary>
public sealed record HardwareOptions
{
    /// <summary>
    /// The device that computes. A CUDA device of index −1 is the process's own: its local rank among several processes, else the
    /// first.
    /// </summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Precision of the network.</summary>
    public MixedPrecision Precision { get; init; } = MixedPrecision.None;

    /// <summary>
    /// Processes that share the work of each step, 1 to 64. The command line starts them; a program is one of them, or alone.
    /// </summary>
    public int Processes { get; init; } = 1;

    /// <summary>
    /// Seconds that a process waits for the others of its run, when they meet and in every step, 1 to 86400; then all of them end
    /// with an error.
    /// </summary>
    public int RankTimeout { get; init; } = 600;

    /// <summary>Threads of the network, ≥ 1; null for one for each physical core, shared among the processes.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// True to compute the encoder's layers a second time in the backward pass instead of keeping their values: less memory, more
    /// time.
    /// </summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>The type that libtorch computes in where mixed precision allows it; null for none.</summary>
    internal ScalarType? Autocast => Precision switch
    {
        MixedPrecision.None => null,
        MixedPrecision.BFloat16 => ScalarType.BFloat16,
        MixedPrecision.Float16 => ScalarType.Float16,
        _ => throw new InvalidOperationException($"there is no precision {Precision}"),
    };
}
