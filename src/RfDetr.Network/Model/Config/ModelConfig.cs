namespace RfDetr.Model;

/// <summary>
/// Everything that fixes the network's tensors and its forward pass; the same words as in the checkpoints' <c>args</c>.
/// </summary>
internal sealed record ModelConfig
{
    /// <summary>Variant name, e.g. <c>nano</c>; <c>custom</c> for shapes that no published variant has.</summary>
    public required string Variant { get; init; }

    /// <summary>Encoder width D: 384 (small), 768 (base) or any multiple of 64.</summary>
    public required int EncoderWidth { get; init; }

    /// <summary>Encoder layers that exist in the checkpoint (12 in all published ones).</summary>
    public int EncoderDepth { get; init; } = 12;

    /// <summary>Encoder attention heads; each is 64 wide.</summary>
    public int EncoderHeads => EncoderWidth / 64;

    /// <summary>Patch size p in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Windows per side w (1: no windows).</summary>
    public required int NumWindows { get; init; }

    /// <summary>Side of the square input the weights were trained at, in pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Side T of the learned position table, in patches.</summary>
    public required int PositionalEncodingSize { get; init; }

    /// <summary>Decoder layers (0 is not supported).</summary>
    public required int DecoderLayers { get; init; }

    /// <summary>Decoder width d.</summary>
    public required int HiddenDim { get; init; }

    /// <summary>Heads of the decoder's self-attention.</summary>
    public required int SelfAttentionHeads { get; init; }

    /// <summary>Heads of the decoder's deformable cross-attention.</summary>
    public required int CrossAttentionHeads { get; init; }

    /// <summary>Sampling points P per head and level.</summary>
    public required int DecoderPoints { get; init; }

    /// <summary>Width of the decoder's feed-forward part.</summary>
    public int FeedForwardDim { get; init; } = 2048;

    /// <summary>Projector levels, each 3, 4 or 5 (P3 = 2×, P4 = 1×, P5 = ½× the patch grid).</summary>
    public required IReadOnlyList<int> ProjectorLevels { get; init; }

    /// <summary>States (after so many layers) that feed the projector; also which layers attend globally.</summary>
    public required IReadOnlyList<int> OutFeatureIndexes { get; init; }

    /// <summary>Object queries Q per group.</summary>
    public required int NumQueries { get; init; }

    /// <summary>Candidates kept by post-processing.</summary>
    public required int NumSelect { get; init; }

    /// <summary>Query groups G in the checkpoint; inference uses the first.</summary>
    public int GroupDetr { get; init; } = 13;

    /// <summary>Rows C of the classification head (COCO: 91).</summary>
    public int ClassLogits { get; init; } = 91;

    /// <summary>True if there is a mask head.</summary>
    public bool SegmentationHead { get; init; }

    /// <summary>Input pixels per mask pixel.</summary>
    public int MaskDownsampleRatio { get; init; } = 4;

    /// <summary>Input channels.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Height and width of the input must be multiples of this many pixels.</summary>
    public int SizeDivisor => PatchSize * NumWindows;
}
