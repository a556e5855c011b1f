using RfDetr.Data;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>Everything about a run that is decided before its first step: data, classes, network, sizes.</summary>
internal sealed class RunSetup : IDisposable
{
    private RunSetup(TrainOptions options, DataSet data, StartingPoint start, ModelConfig config)
    {
        (Options, Start, Config) = (options, start, config);
        (string train, string? evaluated) = (options.Data.TrainSplit, options.Data.ValSplit);
        Train = data.TryGetSplit(train, out DataSplit? found) ? found : throw NoSplit(data, train);
        Valid = data.TryGetSplit(evaluated ?? "valid", out DataSplit? valid)
            ? valid
            : evaluated is null
            ? null
            : data.Split(evaluated);
        Test = data.TryGetSplit("test", out DataSplit? test) ? test : null;
        Classes = new ClassMap(
            config.ClassLogits, data.Classes.Select(c => new ClassEntry(c.Index, c.Name, (int)c.CategoryId)),
            "the training data's classes");
        ResizeRule = (options.Model.ResizeAntialias ?? start.ResizeAntialias ?? false)
            ? ResizeRule.BilinearAntialias
            : ResizeRule.Bilinear;
    }

    /// <summary>The options, with everything decided that they left to the model and to the machine.</summary>
    public TrainOptions Options { get; }

    /// <summary>Images of a step.</summary>
    public int BatchSize =>
        Options.Data.BatchSize ?? throw new InvalidOperationException("the size of batches is not decided yet");

    /// <summary>True if each batch has a size of its own around the resolution.</summary>
    public bool MultiScale =>
        Options.Augmentation.MultiScale ?? throw new InvalidOperationException("the sizes of batches are not decided yet");

    /// <summary>
    /// Weights of the logits in the classification loss; null for 1 everywhere. A logit that is no class weighs 1.
    /// </summary>
    public IReadOnlyList<float>? LogitWeights => Options.Loss.ClassWeights switch
    {
        ClassWeighting.None => null,
        ClassWeighting.Balanced => Balanced(),
        _ => throw new InvalidOperationException($"there are no class weights {Options.Loss.ClassWeights}"),
    };

    /// <summary>Source of the weights.</summary>
    public StartingPoint Start { get; }

    /// <summary>The network as it will be trained.</summary>
    public ModelConfig Config { get; }

    /// <summary>Images to learn from.</summary>
    public DataSplit Train { get; }

    /// <summary>Images to evaluate on; null if there are none.</summary>
    public DataSplit? Valid { get; }

    /// <summary>Images for the very end; null if there are none.</summary>
    public DataSplit? Test { get; }

    /// <summary>Meaning of the logits.</summary>
    public ClassMap Classes { get; }

    /// <summary>Rule by which images are resized, in training, evaluation and later use.</summary>
    public ResizeRule ResizeRule { get; }

    // 'data synth' without --valid writes such a set.
    private static ArgumentException NoSplit(DataSet data, string wanted)
    {
        string there = string.Join(", ", data.Splits.Select(s => $"'{s.Name}'"));
        string cure = data.Splits is [var only] && wanted == new TrainingDataOptions().TrainSplit
            ? $"It is one set of images, and training needs others to evaluate on: make folders 'train' and 'valid' of it "
                + $"('rfdetr data synth --valid M' draws " +
              $"both), or train on all of it without evaluation: --train-split {only.Name}"
            : "name one of them with --train-split";
        return new ArgumentException($"the data set '{data.Path}' has no split '{wanted}'; it has {there}. {cure}");
    }

    /// <summary>Opens data and starting point, and says what was found.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="start">Beginning of the run; this object disposes of it.</param>
    /// <param name="log">Hears the class map and the memory plan.</param>
    /// <exception cref="ArgumentException">Data and network do not fit each other.</exception>
    public static RunSetup Open(TrainOptions options, StartingPoint start, ITrainingLog log)
    {
        try
        {
            DataSet data = DataSet.Open(options.Data.Folder!, new DataSetOptions
            {
                Classes = options.Data.KeepGroupingClass ? ClassRule.AsWritten : ClassRule.Contiguous,
                FollowLinks = options.Data.FollowLinks,
            });
            ModelConfig config = Configure(start.Config, options.Model, data.Classes);
            bool multiScale = options.Augmentation.MultiScale ?? start.BearsManySizes;
            options = options with { Augmentation = options.Augmentation with { MultiScale = multiScale } };
            var setup = new RunSetup(options, data, start, config);
            setup.Say(data, log);
            setup.RequireFit();
            int batch = setup.PlanMemory(log);
            return batch == options.Data.BatchSize
                ? setup
                : new RunSetup(options with { Data = options.Data with { BatchSize = batch } }, data, start, config);
        }
        catch
        {
            start.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Start.Dispose();

    // One logit more than there are classes, as rf-detr has it: its last one is never a class.
    private static ModelConfig Configure(ModelConfig before, TrainingModelOptions o, ClassTable classes)
    {
        int resolution = o.Resolution ?? before.Resolution, queries = o.NumQueries ?? before.NumQueries;
        ModelConfig config = before with
        {
            ClassLogits = classes.LogitCount + 1,
            Resolution = resolution,
            PositionalEncodingSize = resolution == before.Resolution
                ? before.PositionalEncodingSize
                : resolution / before.PatchSize,
            NumQueries = queries,
            NumSelect = o.NumSelect ?? (before.NumSelect == before.NumQueries ? queries : before.NumSelect),
            GroupDetr = o.GroupDetr ?? before.GroupDetr,
            SegmentationHead = o.SegmentationHead ?? before.SegmentationHead,
        };
        if (config.SegmentationHead && !before.SegmentationHead)
            throw new ArgumentException(
                "segmentation_head is on, but the model has no mask head to go on with; start from a segmentation model");
        ModelConfigCheck.Require(config);
        return config;
    }

    private void Say(DataSet data, ITrainingLog log)
    {
        foreach (string warning in Start.Warnings.Concat(data.Warnings))
            log.Warn(warning);
        log.Note(
            $"start: {Start.Description}; {(Config.SegmentationHead ? "boxes and masks" : "boxes")} at "
                + $"{Config.Resolution}×{Config.Resolution}, {Config.NumQueries} queries in {Config.GroupDetr} groups");
        IEnumerable<string> splits = data.Splits.Select(
            s => $"{s.Name} {Invariant.Plural(s.Images.Count, "image")} with "
                + Invariant.Plural(s.Images.Sum(p => p.Objects.Count), "object"));
        log.Note($"data: {data.Layout} in '{data.Path}', {string.Join(", ", splits)}");
        log.Note(data.Classes.Describe());
        if (Start.IsScratch)
            log.Note(
                $"the class head has {Config.ClassLogits} logits for {Classes.Entries.Count} classes, one of them "
                    + $"unused, and starts from random weights");
        else if (
            Start.Classes is { } before
                && before.Entries.Select(e => (e.Label, e.Name)).SequenceEqual(Classes.Entries.Select(e => (e.Label, e.Name))))
            log.Note("the model's classes are the data's already; its class head is kept");
        else
            log.Note(
                $"the class head gets {Config.ClassLogits} logits for {Classes.Entries.Count} classes (the model had "
                    + $"{Start.Config.ClassLogits}; rows are repeated or cut)");
        if (Valid is null)
        {
            log.Warn(
                "there is no split to evaluate on, so there will be no best weights, only the last ones; add a folder "
                    + "'valid' to the data set " +
                "('rfdetr data synth --valid M' draws one), or name a split with --val-split");
        }

        if (MultiScale)
        {
            int[] sizes = MultiScaleSizes.Of(Config.Resolution, Config.SizeDivisor, Options.Augmentation.ExpandedScales);
            log.Note($"each batch has a size of its own from {sizes[0]} to {sizes[^1]} pixels (multi_scale: on)");
        }
        else
        {
            log.Note($"every batch is {Config.Resolution} pixels wide and high (multi_scale: off)");
        }
    }

    private void RequireFit()
    {
        if (Train.Images.Sum(p => p.Objects.Count) == 0)
            throw new ArgumentException($"split '{Train.Name}' has no object at all; there is nothing to learn");
        if (Config.SegmentationHead && !Train.HasMasks)
            throw new ArgumentException(
                $"the model has a mask head, but objects of split '{Train.Name}' have no masks; train boxes only "
                    + $"(segmentation_head: off), or annotate masks");
    }

    /// <summary>
    /// Says what the run will need, and returns the size of its batches: the given one, or the largest that fits.
    /// </summary>
    private int PlanMemory(ITrainingLog log)
    {
        long available = MemoryPlan.Available();
        int side = MultiScale
            ? MultiScaleSizes.Of(Config.Resolution, Config.SizeDivisor, Options.Augmentation.ExpandedScales).Max()
            : Config.Resolution;
        long decoded = Train.Images.Sum(p => 3L * p.Width * p.Height);
        int batch = Options.Data.BatchSize ?? MemoryPlan.LargestBatch(Config, side, Options, available, decoded);
        if (Options.Data.BatchSize is null)
            log.Note($"batch_size auto: {batch}");
        MemoryPlan plan = MemoryPlan.Of(Config, batch, side, Options, decoded);
        log.Note(plan.Describe(available));
        if (plan.Total > available && Options.Hardware.Device.IsCpu)
            log.Warn("this is more than the machine has free; take a smaller batch_size, or gradient_checkpointing: on");
        return batch;
    }

    private float[] Balanced()
    {
        float[] known = ClassWeights.From(ClassWeights.Counts(Train));
        return [.. known, .. Enumerable.Repeat(1f, Config.ClassLogits - known.Length)];
    }
}
