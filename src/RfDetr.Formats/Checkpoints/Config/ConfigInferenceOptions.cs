namespace RfDetr.Checkpoints;

/// <summary>The caller's knowledge about a checkpoint; each value given here overrides what the file says.</summary>
internal sealed record ConfigInferenceOptions
{
    /// <summary>The variant the caller asks for; a checkpoint that does not fit is an error. Null: recognize it.</summary>
    public string? Variant { get; init; }

    /// <summary>
    /// The model's name in the file (<c>model_name</c>, e.g. <c>RFDETRMedium</c>); tells variants of equal shapes apart.
    /// </summary>
    public string? ModelName { get; init; }

    /// <summary>Side of the square input in pixels, where the file does not say.</summary>
    public int? Resolution { get; init; }

    /// <summary>Windows per side, which no shape reveals.</summary>
    public int? NumWindows { get; init; }

    /// <summary>States that feed the projector, of which shapes reveal only how many.</summary>
    public IReadOnlyList<int>? OutFeatureIndexes { get; init; }
}

/// <summary>A configuration with what was odd on the way to it.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Warnings">
/// Contradictions that were settled, one sentence each: what the file says, what its shapes are, what was taken.
/// </param>
internal sealed record InferredConfig(Model.ModelConfig Config, IReadOnlyList<string> Warnings);
