namespace RfDetr.Training;

/// <summary>In which order and how often images are seen.</summary>
public enum Sampling
{
    /// <summary>Each image once an epoch, in random order.</summary>
    Shuffle,

    /// <summary>Images of rare classes several times an epoch: repeat-factor sampling (Gupta et al., LVIS, 2019).</summary>
    RepeatFactor,
}

/// <summary>Data that a <see cref="TrainingLoader"/> makes batches of, and the rules for it.</summary>
internal sealed record LoaderOptions
{
    /// <summary>Images of one step on one rank.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Steps whose gradients are added up; decides what a small set is.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Side of the network's square input, pixels; a multiple of <see cref="SizeDivisor"/>.</summary>
    public required int Resolution { get; init; }

    /// <summary>Patch × windows of the model.</summary>
    public required int SizeDivisor { get; init; }

    /// <summary>Rule by which images are stretched: the run's rule, stored with the model.</summary>
    public ResizeRule ResizeRule { get; init; } = ResizeRule.Bilinear;

    /// <summary>True if targets get masks; then every object but crowds must have one.</summary>
    public bool Masks { get; init; }

    /// <summary>Variations of images.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationPresets.Default;

    /// <summary>True if each step has a size of its own around <see cref="Resolution"/>.</summary>
    public bool MultiScale { get; init; }

    /// <summary>−5 … +5 steps of the size divisor instead of −3 … +4.</summary>
    public bool ExpandedScales { get; init; } = true;

    /// <summary>Threads that decode and augment; 0: the caller's own, when it asks for a batch.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Most batches that are ready or being made at once.</summary>
    public int LookAhead { get; init; } = 4;

    /// <summary>Names the run: order, augmentation and sizes follow from it.</summary>
    public ulong Seed { get; init; }

    /// <summary>This process among <see cref="WorldSize"/>, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>Number of processes that share each step.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>Order and frequency.</summary>
    public Sampling Sampling { get; init; } = Sampling.Shuffle;

    /// <summary>Share of the images below which a class counts as rare (repeat-factor sampling).</summary>
    public double RepeatThreshold { get; init; } = 0.1;

    /// <summary>Memory for decoded images, bytes; images beyond are decoded each time.</summary>
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>Reaction to an image that cannot be read.</summary>
    public BadImage OnBadImage { get; init; } = BadImage.Stop;

    /// <summary>The loader of a run.</summary>
    /// <param name="setup">Options with everything decided that they leave open, and the network.</param>
    /// <param name="ranks">The processes that share each step.</param>
    public static LoaderOptions Of(RunSetup setup, Ranks ranks)
    {
        TrainOptions o = setup.Options;
        return new LoaderOptions
        {
            BatchSize = setup.BatchSize,
            Accumulation = o.Data.Accumulation,
            Resolution = setup.Config.Resolution,
            SizeDivisor = setup.Config.SizeDivisor,
            ResizeRule = setup.ResizeRule,
            Masks = setup.Config.SegmentationHead,
            Augmentation = o.Augmentation.Resolve(),
            MultiScale = setup.MultiScale,
            ExpandedScales = o.Augmentation.ExpandedScales,
            Workers = o.Data.Workers,
            Seed = (ulong)o.Seed,
            Rank = ranks.Rank,
            WorldSize = ranks.Count,
            Sampling = o.Data.Sampling,
            OnBadImage = o.Data.OnBadImage,
        };
    }

    /// <summary>Checks everything.</summary>
    /// <exception cref="ArgumentException">Something is out of range; the message lists all that is.</exception>
    public void Validate()
    {
        List<string> wrong = [];
        void AtLeast(string name, long value, long least)
        {
            if (value < least)
                wrong.Add(Invariant.Text($"{name} must be at least {least}, got {value}"));
        }

        AtLeast(nameof(BatchSize), BatchSize, 1);
        AtLeast(nameof(Accumulation), Accumulation, 1);
        AtLeast(nameof(SizeDivisor), SizeDivisor, 1);
        AtLeast(nameof(Resolution), Resolution, 1);
        AtLeast(nameof(Workers), Workers, 0);
        AtLeast(nameof(LookAhead), LookAhead, 1);
        AtLeast(nameof(CacheBytes), CacheBytes, 0);
        if (SizeDivisor >= 1 && Resolution % SizeDivisor != 0)
            wrong.Add(
                $"Resolution must be a multiple of {SizeDivisor} (patch × windows), got {Resolution}; the nearest are "
                    + $"{Resolution / SizeDivisor * SizeDivisor} and {(Resolution / SizeDivisor + 1) * SizeDivisor}");
        if (WorldSize < 1 || Rank < 0 || Rank >= WorldSize)
            wrong.Add($"Rank must be 0 to {WorldSize - 1} of WorldSize {WorldSize}, got {Rank}");
        if (!(RepeatThreshold is > 0 and <= 1))
            wrong.Add(Invariant.Text($"RepeatThreshold must be above 0 to 1, got {RepeatThreshold}"));
        if (wrong.Count > 0)
            throw new ArgumentException(string.Join("; ", wrong));
        Augmentation.Validate();
    }
}
