namespace RfDetr.Training;

/// <summary>Facts about a step that the criterion needs besides predictions and targets.</summary>
internal sealed record LossContext
{
    /// <summary>Query groups G of the forward pass.</summary>
    public required int Groups { get; init; }

    /// <summary>Height of the batch's images in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Width of the batch's images in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Source of the points at which masks are compared.</summary>
    public PointSource Points { get; init; } = new RandomPoints();

    /// <summary>From this process's number of objects to the mean over all of them; null for a process alone.</summary>
    public Func<double, double>? MeanOverRanks { get; init; }
}
