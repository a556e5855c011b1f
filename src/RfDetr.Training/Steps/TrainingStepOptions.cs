using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>What a <see cref="TrainingStep"/> does; defaults are rf-detr's.</summary>
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

    /// <summary>What is not trained.</summary>
    public FreezePlan Freeze { get; init; } = FreezePlan.None;

    /// <summary>Averaging of the weights; null for none.</summary>
    public EmaOptions? Ema { get; init; } = new();

    /// <summary>Adapters instead of the encoder's own weights; null for none.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>BFloat16 or Float16 for mixed precision, the latter with a loss scale; null for float32 throughout.</summary>
    public ScalarType? Autocast { get; init; }

    /// <summary>Query groups; null for all that the model has.</summary>
    public int? Groups { get; init; }

    /// <summary>Where masks are compared.</summary>
    public PointSource Points { get; init; } = new RandomPoints();

    /// <summary>The two-stage masks' later rule (rf-detr 1.9.3 on).</summary>
    public bool ProjectTwoStageMasks { get; init; } = true;
}
