using RfDetr.Data;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>From a run's options to those of the parts that carry it out.</summary>
internal static class StepPlan
{
    /// <summary>Options of the loader.</summary>
    public static LoaderOptions Loader(RunSetup setup, Ranks ranks)
    {
        TrainOptions o = setup.Options;
        AugmentationOptions preset = AugmentationPresets.Get(o.Augmentation);
        return new LoaderOptions
        {
            BatchSize = o.BatchSize,
            Accumulation = o.GradAccumSteps,
            Resolution = setup.Config.Resolution,
            SizeDivisor = setup.Config.SizeDivisor,
            ResizeRule = setup.ResizeRule,
            Masks = setup.Config.SegmentationHead,
            Augmentation = preset with { Mosaic = o.Mosaic > 0 ? o.Mosaic : preset.Mosaic, MixUp = o.MixUp > 0 ? o.MixUp : preset.MixUp },
            MultiScale = o.MultiScale,
            ExpandedScales = o.ExpandedScales,
            Workers = o.NumWorkers,
            Seed = (ulong)o.Seed,
            Rank = ranks.Rank,
            WorldSize = ranks.Count,
            Sampling = o.Sampling == "shuffle" ? Sampling.Shuffle : Sampling.RepeatFactor,
            OnBadImage = o.OnBadImage == "stop" ? BadImage.Stop : BadImage.Skip,
        };
    }

    /// <summary>Options of a run's step.</summary>
    public static TrainingStepOptions Step(RunSetup setup, int stepsPerEpoch) => Step(
        setup.Options, stepsPerEpoch, setup.Options.ClassWeights == "balanced" ? LogitWeights(setup.Train, setup.Config.ClassLogits) : null);

    /// <summary>Options of a step.</summary>
    public static TrainingStepOptions Step(TrainOptions o, int stepsPerEpoch, float[]? logitWeights)
    {
        return new TrainingStepOptions
        {
            Loss = new LossOptions
            {
                Kind = o.ClsLoss switch
                {
                    "focal" => ClassLossKind.Focal,
                    "varifocal" => ClassLossKind.Varifocal,
                    "position" => ClassLossKind.PositionSupervised,
                    _ => ClassLossKind.IouAware,
                },
                ClassWeight = o.ClsLossCoef,
                BoxWeight = o.BboxLossCoef,
                GIoUWeight = o.GiouLossCoef,
                MaskCrossEntropyWeight = o.MaskCeLossCoef,
                MaskDiceWeight = o.MaskDiceLossCoef,
                LogitWeights = logitWeights,
            },
            Optimizer = Optimizer(o),
            Schedule = new LearningRateSchedule
            {
                Kind = o.LrScheduler == "cosine" ? ScheduleKind.Cosine : ScheduleKind.Step,
                StepsPerEpoch = stepsPerEpoch,
                Epochs = o.Epochs,
                WarmupEpochs = o.WarmupEpochs,
                DropEpoch = o.LrDrop,
                MinFactor = o.LrMinFactor,
            },
            Freeze = Freeze(o),
            Ema = o.UseEma ? new EmaOptions(o.EmaDecay, o.EmaTau) : null,
            Lora = o.Adapter == "no" ? null : new LoraOptions { Rank = o.LoraRank, Alpha = o.LoraRank, LearnMagnitudes = o.Adapter == "dora" },
            Autocast = o.Amp switch { "bf16" => ScalarType.BFloat16, "fp16" => ScalarType.Float16, _ => null },
        };
    }

    /// <summary>Options of the optimizer.</summary>
    public static OptimizerOptions Optimizer(TrainOptions o) => new()
    {
        LearningRate = o.Lr,
        EncoderLearningRate = o.LrEncoder,
        LayerDecay = o.LrVitLayerDecay,
        ComponentDecay = o.LrComponentDecay,
        WeightDecay = o.WeightDecay,
        ClipNorm = o.ClipMaxNorm,
    };

    /// <summary>What seeds a step's random numbers: the run's seed, the step and the rank, so that nothing has to be carried from step to step.</summary>
    public static long SeedOf(int seed, long step, int rank) => (long)(new NormalDraws(seed, FormattableString.Invariant($"step {step} rank {rank}")).Uniform() * (1L << 53));

    private static FreezePlan Freeze(TrainOptions o)
    {
        var stages = new List<FreezeStage>();
        if (o.FreezeEncoder || o.FreezeLayers > 0)
            stages.Add(new FreezeStage(0, o.FreezeEncoder ? FreezePlan.WholeEncoder : o.FreezeLayers));
        foreach (string text in o.Unfreeze)
        {
            if (TrainOptionsCheck.TryStage(text, out int epoch, out int layers))
                stages.Add(new FreezeStage(epoch, layers));
        }

        return new FreezePlan { Stages = stages };
    }

    private static float[] LogitWeights(DataSplit split, int logits)
    {
        float[] known = ClassWeights.From(ClassWeights.Counts(split));
        return [.. known, .. Enumerable.Repeat(1f, logits - known.Length)];
    }
}
