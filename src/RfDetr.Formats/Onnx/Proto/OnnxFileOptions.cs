namespace RfDetr.Onnx;

/// <summary>Options for writing a model.</summary>
internal sealed record OnnxWriteOptions
{
    // Protocol buffers end at 2³¹ − 1 bytes; the margin is for nodes and names, which the limit below does not count.
    internal const long Ceiling = int.MaxValue - (64L << 20);

    /// <summary>Constants that take more bytes than this together go to <c>NAME.onnx.data</c> beside the model.</summary>
    public long MaxInlineBytes { get; init; } = Ceiling;

    /// <summary>Constants smaller than this stay in the model file in any case.</summary>
    public int MinExternalBytes { get; init; } = 1024;

    internal void Validate()
    {
        if (MaxInlineBytes is < 0 or > Ceiling)
            throw new ArgumentException($"{nameof(MaxInlineBytes)} is {MaxInlineBytes}, expected 0..{Ceiling}");
        if (MinExternalBytes < 1)
            throw new ArgumentException($"{nameof(MinExternalBytes)} is {MinExternalBytes}, expected at least 1");
    }
}

/// <summary>Limits on what is read; files come from anywhere.</summary>
internal sealed record OnnxReadOptions
{
    /// <summary>Largest model file in bytes, at most 2³¹ − 1.</summary>
    public long MaxFileBytes { get; init; } = int.MaxValue;

    /// <summary>True if constants in external files are read into the model.</summary>
    public bool LoadExternalData { get; init; } = true;

    /// <summary>Most bytes of external constants in all.</summary>
    public long MaxExternalBytes { get; init; } = 8L << 30;

    internal void Validate()
    {
        if (MaxFileBytes is < 1 or > int.MaxValue)
            throw new ArgumentException($"{nameof(MaxFileBytes)} is {MaxFileBytes}, expected 1..{int.MaxValue}");
        if (MaxExternalBytes < 0)
            throw new ArgumentException($"{nameof(MaxExternalBytes)} is {MaxExternalBytes}, expected at least 0");
    }
}
