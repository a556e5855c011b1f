using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>The parts of a <see cref="TrainingStep"/>, each with its own options; defaults are rf-detr's.</summary>
internal sealed record TrainingStepOptions
{
    /// <summary>Losses.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>Matching.</summary>
    public MatchOptions Matching { get; init; } = new();

    /// <summary>Learning rates, decay, clipping.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The factor on the learning rates from step to step.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>Tensors that are not trained.</summary>
    public FreezePlan Freeze { get; init; } = FreezePlan.None;

    /// <summary>Averaging of the weights.</summary>
    public EmaOptions Ema { get; init; } = new();

    /// <summary>Adapters instead of the encoder's own weights.</summary>
    public AdapterOptions Adapter { get; init; } = new();

    /// <summary>BFloat16 or Float16 for mixed precision, the latter with a loss scale; null for float32 throughout.</summary>
    public ScalarType? Autocast { get; init; }

    /// <summary>Query groups; null for all that the model has.</summary>
    public int? Groups { get; init; }

    /// <summary>Source of the points at which masks are compared.</summary>
    public PointSource Points { get; init; } = new RandomPoints();

    /// <summary>The two-stage masks' later rule (rf-detr 1.9.3 on).</summary>
    public bool ProjectTwoStageMasks { get; init; } = true;

    /// <summary>The step of a run.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="stepsPerEpoch">Optimizer steps in an epoch.</param>
    /// <param name="logitWeights">Weights of the logits in the classification loss; null for 1 everywhere.</param>
    public static TrainingStepOptions Of(TrainOptions options, int stepsPerEpoch, IReadOnlyList<float>? logitWeights = null) =>
        new()
        {
            Loss = options.Loss with { LogitWeights = logitWeights },
            Optimizer = options.Optimizer,
            Schedule = new LearningRateSchedule(options.Schedule, stepsPerEpoch),
            Freeze = FreezePlan.Of(options.Freeze),
            Ema = options.Ema,
            Adapter = options.Adapter,
            Autocast = options.Hardware.Autocast,
        };
}
