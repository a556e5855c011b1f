namespace RfDetr.Training;

/// <summary>Shapes of the learning rates' fall.</summary>
public enum ScheduleKind
{
    /// <summary>1, then 0.1 from epoch <see cref="ScheduleOptions.DropEpoch"/> on.</summary>
    Step,

    /// <summary>Half a cosine from 1 to <see cref="ScheduleOptions.MinFactor"/> over the steps after the warm-up.</summary>
    Cosine,
}

/// <summary>Length of the training, and the course of the learning rates; defaults are rf-detr's.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Passes over the training images, ≥ 1.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Shape of the rates' fall.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Step;

    /// <summary>The epoch, from 0, at which <see cref="ScheduleKind.Step"/> divides the rates by 10.</summary>
    public int DropEpoch { get; init; } = 100;

    /// <summary>The factor that <see cref="ScheduleKind.Cosine"/> ends with, 0 to 1.</summary>
    public double MinFactor { get; init; }

    /// <summary>Epochs of linear growth from 0; may be a fraction.</summary>
    public double WarmupEpochs { get; init; }
}

/// <summary>
/// The factor on every learning rate, as rf-detr computes it. A pure function of the number of optimizer steps taken, so that a
/// resumed run
/// goes on exactly.
/// </summary>
/// <param name="Options">Epochs and shape.</param>
/// <param name="StepsPerEpoch">Optimizer steps in an epoch, ≥ 1.</param>
internal sealed record LearningRateSchedule(ScheduleOptions Options, int StepsPerEpoch)
{
    private const double Drop = 0.1;

    /// <summary>The factor for the step after <paramref name="steps"/> steps.</summary>
    public double Factor(long steps)
    {
        double warmup = Math.Floor(Options.WarmupEpochs * StepsPerEpoch);
        if (steps < warmup)
            return steps / warmup;
        return Options.Kind switch
        {
            ScheduleKind.Step => steps < (double)Options.DropEpoch * StepsPerEpoch ? 1 : Drop,
            ScheduleKind.Cosine => Cosine(steps - warmup, Math.Max(1, (double)StepsPerEpoch * Options.Epochs - warmup)),
            _ => throw new InvalidOperationException($"there is no schedule {Options.Kind}"),
        };
    }

    /// <summary>Checks the ranges; returns itself.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public LearningRateSchedule Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerEpoch, 1, nameof(StepsPerEpoch));
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Epochs, 1, nameof(Options.Epochs));
        ArgumentOutOfRangeException.ThrowIfNegative(Options.WarmupEpochs, nameof(Options.WarmupEpochs));
        ArgumentOutOfRangeException.ThrowIfNegative(Options.DropEpoch, nameof(Options.DropEpoch));
        if (Options.MinFactor is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(Options.MinFactor), Options.MinFactor, "must be from 0 to 1");
        return this;
    }

    // Beyond its end (a run that was prolonged) the cosine would rise again.
    private double Cosine(double steps, double all)
    {
        double progress = Math.Min(1, steps / all);
        return Options.MinFactor + (1 - Options.MinFactor) * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}
