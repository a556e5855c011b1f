namespace RfDetr.Training;

#pragma warning disable CS1591 // Each option is described once, by its attribute, which the command line and the written file show.

/// <summary>
/// Everything that decides a training run. Names are rf-detr's where it has them; defaults are rf-detr's latest. The same options are on the
/// command line (<c>--batch-size 8</c>) and in the configuration file (<c>batch_size: 8</c>); each property's attribute describes it.
/// </summary>
public sealed partial record TrainOptions
{
    [TrainOption("NAME|FILE", "What to start from: a published variant (its weights from the cache), any checkpoint file, 'demo', or 'scratch' with the network under 'network' in the configuration file.")]
    public string? Model { get; init; }

    [TrainOption("DIR", "Data set: COCO (Roboflow's layout or the original one), YOLO or Pascal VOC.", Key = "dataset_dir", Flag = "--data", MayChange = true)]
    public string? Data { get; init; }

    [TrainOption("DIR", "Run folder for checkpoints, measurements and the report.", Key = "output_dir", Flag = "--output", MayChange = true)]
    public string? Output { get; init; }

    /// <summary>The network of a run from scratch, and changes to that of a checkpoint; in the file only.</summary>
    public NetworkOptions? Network { get; init; }

    [TrainOption("N", "Passes over the training images.", Least = 1, Most = 1_000_000, MayChange = true)]
    public int Epochs { get; init; } = 100;

    [TrainOption("N|auto", "Images per step and process; auto: as many as the machine's memory holds, at most 16.", Alias = "batch", Least = 0, Most = 4096, Zero = "auto")]
    public int BatchSize { get; init; } = 4;

    [TrainOption("N", "Batches whose gradients are added up before the weights change.", Least = 1, Most = 4096)]
    public int GradAccumSteps { get; init; } = 1;

    [TrainOption("N", "Decides every random choice of the run; equal seeds give equal runs on a CPU.", Least = 0, Most = int.MaxValue)]
    public int Seed { get; init; } = 42;

    [TrainOption("PIXELS", "Side of the network's input, a multiple of its patch size × windows; default: the model's own.", Least = 8, Most = 4096)]
    public int? Resolution { get; init; }

    [TrainOption("N", "Object queries; default: the model's own.", Least = 1, Most = 10_000)]
    public int? NumQueries { get; init; }

    [TrainOption("N", "Candidates kept by post-processing; default: the model's own.", Least = 1, Most = 100_000)]
    public int? NumSelect { get; init; }

    [TrainOption("N", "Groups of queries during training; default: the model's own.", Least = 1, Most = 64)]
    public int? GroupDetr { get; init; }

    [TrainOption("on|off", "Keep the mask head; off: train boxes only from a model with masks; default: the model's own.")]
    public bool? SegmentationHead { get; init; }

    [TrainOption("on|off", "Resize images with antialias; default: as the model says, else off (rf-detr's rule since 1.9). Stored in the checkpoints.")]
    public bool? ResizeAntialias { get; init; }

    [TrainOption("cpu|cuda|cuda:N", "Where the network runs.", MayChange = true)]
    public string Device { get; init; } = "cpu";

    [TrainOption("no|bf16|fp16", "Mixed precision of the network; matching and losses stay in float32.")]
    public string Amp { get; init; } = "no";

    [TrainOption("N", "Processes that share the work of each step, on this machine.", Least = 1, Most = 64)]
    public int Processes { get; init; } = 1;

    [TrainOption("N", "Threads of the network; 0: one for each physical core, shared among the processes.", Least = 0, Most = 1024, MayChange = true)]
    public int Threads { get; init; }

    [TrainOption("N", "Threads that decode and augment images.", Least = 1, Most = 256, MayChange = true)]
    public int NumWorkers { get; init; } = 2;
}
