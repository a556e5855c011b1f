namespace RfDetr.Jobs;

/// <summary>Precisions a job may ask for; <see cref="AsModel"/> is the engine's own choice.</summary>
internal enum JobPrecision
{
    AsModel,
    Fp32,
    Fp16,
    Bf16,
    Int8,
}

/// <summary>Everything of a job that changes its results, apart from the model's file; its digest is in every row.</summary>
internal sealed record JobOptions
{
    public ModelOptions Model { get; init; } = new();

    public DetectOptions Detect { get; init; } = DetectOptions.Default;

    public JobPrecision Precision { get; init; }
}
