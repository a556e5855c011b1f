namespace RfDetr.Checkpoints;

/// <summary>
/// Facts about weights that training keeps in a checkpoint's metadata and that every use of the weights should know.
/// </summary>
internal static class CheckpointNotes
{
    /// <summary>Key of the identifier of the weights' license, e.g. <c>Apache-2.0</c>.</summary>
    public const string LicenseKey = "license";

    /// <summary>
    /// Key of the score threshold with which the weights had their best macro F1 on the images they were evaluated on.
    /// </summary>
    public const string BestThresholdKey = "best_threshold";

    private const int MaxLength = 100;

    /// <summary>The license that a checkpoint states; null if it states none.</summary>
    public static string? License(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Metadata[LicenseKey] is string { Length: > 0 and <= MaxLength } id ? id : null;
    }

    /// <summary>The score threshold, 0..1, that a checkpoint states; null if it states none.</summary>
    public static double? BestThreshold(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Metadata[BestThresholdKey] is double threshold and >= 0 and <= 1 ? threshold : null;
    }
}
