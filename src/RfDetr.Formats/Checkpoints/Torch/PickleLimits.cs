namespace RfDetr.Checkpoints;

/// <summary>Limits on what a pickle may cost, whatever it claims; far above what training loops write.</summary>
internal static class PickleLimits
{
    /// <summary>Instructions of one pickle; a checkpoint of 600 tensors with optimizer state has about 60,000.</summary>
    public const int MaxInstructions = 50_000_000;

    /// <summary>Nesting of containers; state dictionaries need about 6.</summary>
    public const int MaxDepth = 100;

    /// <summary>Values that the result would have if shared parts were written out.</summary>
    public const long MaxValues = 10_000_000;

    /// <summary>Dimensions of a tensor; PyTorch's own operators take 25 at most.</summary>
    public const int MaxRank = 64;

    /// <summary>Bytes of one integer.</summary>
    public const int MaxIntegerBytes = 64;

    /// <summary>
    /// The budget of one pickle. Every instruction takes a byte at least and makes one value; what copies (paths joined, lists
    /// made of lists, states laid over objects, texts turned into bytes) may copy as much as the pickle is long a few times over,
    /// and no more.
    /// </summary>
    public static ReadBudget Budget(long bytes, string fileName) =>
        new(what => new CheckpointFormatException($"{fileName}: the pickle {what}"))
        {
            MaxValues = Math.Min(MaxInstructions, 4 * bytes + 100_000),
            MaxBytes = 4 * bytes + (8 << 20),
            MaxTime = TimeSpan.FromSeconds(30 + bytes / (1 << 20)),
        };
}
