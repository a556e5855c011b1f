namespace RfDetr.Checkpoints;

/// <summary>What a pickle may cost, whatever it claims; far above what training loops write.</summary>
internal static class PickleLimits
{
    /// <summary>Instructions of one pickle; a checkpoint of 600 tensors with optimizer state has about 60,000.</summary>
    public const int MaxInstructions = 50_000_000;

    /// <summary>Nesting of containers; state dictionaries need about 6.</summary>
    public const int MaxDepth = 100;

    /// <summary>Values that the result would have if shared parts were written out.</summary>
    public const long MaxValues = 10_000_000;

    /// <summary>Bytes of one integer.</summary>
    public const int MaxIntegerBytes = 64;
}
