namespace RfDetr.Training;

/// <summary>Shapes of <see cref="LearningRateSchedule"/>.</summary>
internal enum ScheduleKind
{
    /// <summary>1, then 0.1 from epoch <see cref="LearningRateSchedule.DropEpoch"/> on.</summary>
    Step,

    /// <summary>Half a cosine from 1 to <see cref="LearningRateSchedule.MinFactor"/> over what follows the warm-up.</summary>
    Cosine,
}

/// <summary>
/// The factor on every learning rate, as rf-detr computes it. A pure function of the number of optimizer steps taken, so that a resumed run
/// goes on exactly.
/// </summary>
internal sealed record LearningRateSchedule
{
    private const double Drop = 0.1;

    /// <summary>Shape.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Step;

    /// <summary>Optimizer steps in an epoch, ≥ 1.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>Epochs of the whole run, ≥ 1.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Epochs of linear growth from 0; may be a fraction.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>The epoch, from 0, at which <see cref="ScheduleKind.Step"/> drops.</summary>
    public double DropEpoch { get; init; } = 100;

    /// <summary>Where <see cref="ScheduleKind.Cosine"/> ends, in [0, 1].</summary>
    public double MinFactor { get; init; }

    /// <summary>The factor for the step after <paramref name="steps"/> steps.</summary>
    public double Factor(long steps)
    {
        double warmup = Math.Floor(WarmupEpochs * StepsPerEpoch);
        if (steps < warmup)
            return steps / warmup;
        if (Kind == ScheduleKind.Step)
            return steps < DropEpoch * StepsPerEpoch ? 1 : Drop;

        // Beyond its end (a run that was prolonged) the cosine would rise again.
        double progress = Math.Min(1, (steps - warmup) / Math.Max(1, (double)StepsPerEpoch * Epochs - warmup));
        return MinFactor + (1 - MinFactor) * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }

    /// <summary>Checks the ranges; returns itself.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public LearningRateSchedule Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerEpoch, 1, nameof(StepsPerEpoch));
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1, nameof(Epochs));
        ArgumentOutOfRangeException.ThrowIfNegative(WarmupEpochs, nameof(WarmupEpochs));
        ArgumentOutOfRangeException.ThrowIfNegative(DropEpoch, nameof(DropEpoch));
        if (MinFactor is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(MinFactor), MinFactor, "must be from 0 to 1");
        return this;
    }
}
