using RfDetr.Data;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>Everything about a run that is decided before its first step: data, classes, network, sizes.</summary>
internal sealed class RunSetup : IDisposable
{
    private RunSetup(TrainOptions options, DataSet data, StartingPoint start, ModelConfig config)
    {
        (Options, Start, Config) = (options, start, config);
        Train = data.Split(options.TrainSplit);
        Valid = data.TryGetSplit(options.ValSplit ?? "valid", out DataSplit? valid) ? valid : options.ValSplit is null ? null : data.Split(options.ValSplit);
        Test = data.TryGetSplit("test", out DataSplit? test) ? test : null;
        Classes = new ClassMap(config.ClassLogits, data.Classes.Select(c => new ClassEntry(c.Index, c.Name, (int)c.CategoryId)), "the training data's classes");
        ResizeRule = (options.ResizeAntialias ?? start.ResizeAntialias ?? false) ? ResizeRule.BilinearAntialias : ResizeRule.Bilinear;
    }

    /// <summary>The options, with what they leave to the machine decided.</summary>
    public TrainOptions Options { get; private init; }

    /// <summary>Where the weights come from.</summary>
    public StartingPoint Start { get; }

    /// <summary>The network as it will be trained.</summary>
    public ModelConfig Config { get; }

    /// <summary>Images to learn from.</summary>
    public DataSplit Train { get; }

    /// <summary>Images to evaluate on; null if there are none.</summary>
    public DataSplit? Valid { get; }

    /// <summary>Images for the very end; null if there are none.</summary>
    public DataSplit? Test { get; }

    /// <summary>What the logits mean.</summary>
    public ClassMap Classes { get; }

    /// <summary>How images are resized, in training, evaluation and later use.</summary>
    public ResizeRule ResizeRule { get; }

    /// <summary>Opens data and starting point, and says what was found.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="start">What the run begins with; this object disposes of it.</param>
    /// <param name="log">Hears the class map and the memory plan.</param>
    /// <exception cref="ArgumentException">Data and network do not fit each other.</exception>
    public static RunSetup Open(TrainOptions options, StartingPoint start, ITrainingLog log)
    {
        DataSet data = DataSet.Open(options.Data!, new DataSetOptions
        {
            Classes = options.KeepGroupingClass ? ClassRule.AsWritten : ClassRule.Contiguous,
            FollowLinks = options.FollowLinks,
        });
        ModelConfig config = Configure(start.Config, options, data.Classes);
        var setup = new RunSetup(options, data, start, config);
        setup.Say(data, log);
        setup.RequireFit();
        return setup.Sized(data, log);
    }

    /// <inheritdoc/>
    public void Dispose() => Start.Dispose();

    // One logit more than there are classes, as rf-detr has it: its last one is never a class.
    private static ModelConfig Configure(ModelConfig before, TrainOptions o, ClassTable classes)
    {
        int resolution = o.Resolution ?? before.Resolution, queries = o.NumQueries ?? before.NumQueries;
        ModelConfig config = before with
        {
            ClassLogits = classes.LogitCount + 1,
            Resolution = resolution,
            PositionalEncodingSize = resolution == before.Resolution ? before.PositionalEncodingSize : resolution / before.PatchSize,
            NumQueries = queries,
            NumSelect = o.NumSelect ?? (before.NumSelect == before.NumQueries ? queries : before.NumSelect),
            GroupDetr = o.GroupDetr ?? before.GroupDetr,
            SegmentationHead = o.SegmentationHead ?? before.SegmentationHead,
        };
        if (config.SegmentationHead && !before.SegmentationHead)
            throw new ArgumentException("segmentation_head is on, but the model has no mask head to go on with; start from a segmentation model");
        ModelConfigCheck.Require(config);
        return config;
    }

    private void Say(DataSet data, ITrainingLog log)
    {
        foreach (string warning in Start.Warnings.Concat(data.Warnings))
            log.Warn(warning);
        log.Note($"start: {Start.Description}; {(Config.SegmentationHead ? "boxes and masks" : "boxes")} at {Config.Resolution}×{Config.Resolution}, {Config.NumQueries} queries in {Config.GroupDetr} groups");
        log.Note($"data: {data.Layout} in '{data.Path}', {string.Join(", ", data.Splits.Select(s => $"{s.Name} {s.Images.Count} images with {s.Images.Sum(p => p.Objects.Count)} objects"))}");
        log.Note(data.Classes.Describe());
        if (Start.IsScratch)
            log.Note($"the class head has {Config.ClassLogits} logits for {Classes.Entries.Count} classes, one of them unused, and starts from random weights");
        else if (Start.Classes is { } before && before.Entries.Select(e => (e.Label, e.Name)).SequenceEqual(Classes.Entries.Select(e => (e.Label, e.Name))))
            log.Note("the model's classes are the data's already; its class head is kept");
        else
            log.Note($"the class head gets {Config.ClassLogits} logits for {Classes.Entries.Count} classes (the model had {Start.Config.ClassLogits}; rows are repeated or cut)");
        if (Valid is null)
            log.Warn("there is no split to evaluate on; the last weights are all there will be");
    }

    private void RequireFit()
    {
        if (Train.Images.Sum(p => p.Objects.Count) == 0)
            throw new ArgumentException($"split '{Train.Name}' has no object at all; there is nothing to learn");
        if (Config.SegmentationHead && !Train.HasMasks)
            throw new ArgumentException($"the model has a mask head, but objects of split '{Train.Name}' have no masks; train boxes only (segmentation_head: off), or annotate masks");
    }

    private RunSetup Sized(DataSet data, ITrainingLog log)
    {
        long available = MemoryPlan.Available();
        int side = Options.MultiScale ? MultiScaleSizes.Of(Config.Resolution, Config.SizeDivisor, Options.ExpandedScales).Max() : Config.Resolution;
        long decoded = Train.Images.Sum(p => 3L * p.Width * p.Height);
        int batch = Options.BatchSize > 0 ? Options.BatchSize : MemoryPlan.LargestBatch(Config, side, Options, available, decoded);
        if (batch != Options.BatchSize)
            log.Note($"batch_size auto: {batch}");
        MemoryPlan plan = MemoryPlan.Of(Config, batch, side, Options, decoded);
        log.Note(plan.Describe(available));
        if (plan.Total > available && TrainOptionsCheck.IsCpu(Options.Device))
            log.Warn("this is more than the machine has free; take a smaller batch_size, or gradient_checkpointing: on");
        return batch == Options.BatchSize ? this : new RunSetup(Options with { BatchSize = batch }, data, Start, Config);
    }
}
