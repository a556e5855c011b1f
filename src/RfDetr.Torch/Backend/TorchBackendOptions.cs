namespace RfDetr.Torch;

/// <summary>Options of the computations of a <see cref="TorchBackend"/>.</summary>
internal sealed record TorchBackendOptions
{
    /// <summary>Device on which parameters and constants lie and everything runs.</summary>
    public Device Device { get; init; }

    /// <summary>
    /// Element type of parameters and constants: Float32, or Float64 for checks. Mixed precision is
    /// <see cref="TorchRuntime.Autocast"/>'s affair.
    /// </summary>
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>
    /// True if the inside of each segment is computed a second time in the backward pass instead of being kept: less memory, more
    /// time, the same gradients.
    /// </summary>
    public bool CheckpointSegments { get; init; }

    /// <summary>
    /// Share of images for which the last residual block is left out while training (stochastic depth); earlier ones linearly
    /// less. 0 ≤ rate &lt; 1.
    /// </summary>
    public double DropPathRate { get; init; }

    /// <summary>True if parameters need gradients as they are made.</summary>
    public bool TrainableParameters { get; init; } = true;

    /// <summary>
    /// Replacement of a parameter whenever the network uses it, by name and stored tensor; null leaves it. Called at every use,
    /// so that what it computes is part of each step's graph (low-rank adapters: W + s·B·A).
    /// </summary>
    public Func<string, TorchTensor, TorchTensor>? Transform { get; init; }

    /// <summary>Names of stages whose values <see cref="TorchBackend.Taps"/> keeps; null keeps none.</summary>
    public Func<string, bool>? KeepTap { get; init; }

    internal void Validate()
    {
        if (DropPathRate is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(DropPathRate), DropPathRate, "the drop path rate must be at least 0 and below 1");
        if (Precision is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException(
                $"parameters are Float32 or Float64, not {Precision}; for mixed precision use autocast", nameof(Precision));
    }
}
