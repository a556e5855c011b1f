namespace RfDetr.Checkpoints;

/// <summary>Options for opening a checkpoint.</summary>
internal sealed record CheckpointOptions
{
    /// <summary>The defaults.</summary>
    public static CheckpointOptions Default { get; } = new();

    /// <summary>Take the averaged (EMA) weights where the file has both; without any, the plain ones are taken.</summary>
    public bool PreferEma { get; init; }

    /// <summary>
    /// Comparison of a PyTorch archive's checksums with its bytes, those of a tensor when it is loaded. Off only for archives
    /// that a tool has changed without correcting them.
    /// </summary>
    public bool VerifyChecksums { get; init; } = true;
}
