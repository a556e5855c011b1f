namespace RfDetr;

/// <summary>Sources of the scales of activations.</summary>
public enum ActivationScales
{
    /// <summary>Each row's own least and largest value, found while it is turned into integers.</summary>
    Rows,

    /// <summary>The least and largest values that the calibration images gave.</summary>
    Calibrated,
}

/// <summary>A part of the network that is in int8 or in float as a whole.</summary>
/// <param name="Name">E.g. <c>encoder.3.mlp</c>, <c>projector</c>, <c>decoder.0</c>.</param>
/// <param name="IsInt8">True if its products are computed from 8-bit integers.</param>
/// <param name="Cost">
/// Points of average precision (×100) that were lost with this block alone in int8; null if that was not measured.
/// </param>
/// <param name="Share">Its share of the network's multiplications and additions, 0..1.</param>
public sealed record QuantizedBlock(string Name, bool IsInt8, double? Cost, double Share);

/// <summary>The products of a model that run in int8, how that was decided, and what it costs; stored with the weights.</summary>
public sealed record QuantizationPolicy
{
    /// <summary>Its key among a checkpoint's metadata.</summary>
    public const string Key = "quantization";

    /// <summary>Everything in float: what <c>ModelOptions.Quantization</c> takes to ignore a model's own policy.</summary>
    public static QuantizationPolicy None { get; } = new();

    /// <summary>The blocks, in the network's order.</summary>
    public IReadOnlyList<QuantizedBlock> Blocks { get; init; } = [];

    /// <summary>Source of the scales of activations.</summary>
    public ActivationScales Activations { get; init; }

    /// <summary>
    /// Bits of activations in our own engine, 8 or 7. With 7 a little precision is given up for processors with AVX2 or AVX-512
    /// but without VNNI, which are quicker then; everywhere results are those of 7 bits. ONNX files always have 8.
    /// </summary>
    public int ActivationBits { get; init; } = 8;

    /// <summary>
    /// Ranges of the activations that weights were multiplied with on the calibration images, by the weights' names.
    /// </summary>
    public IReadOnlyDictionary<string, ActivationRange> Ranges { get; init; } = new Dictionary<string, ActivationRange>();

    /// <summary>Calibration images; 0: none.</summary>
    public int CalibrationImages { get; init; }

    /// <summary>SHA-256 over the calibration images' SHA-256, lower-case hexadecimal; empty without any.</summary>
    public string CalibrationDigest { get; init; } = "";

    /// <summary>Description, for people, of what was measured on which images; empty if nothing was.</summary>
    public string Measured { get; init; } = "";

    /// <summary>Average precision in float, 0..1; null if it was not measured.</summary>
    public double? FloatPrecision { get; init; }

    /// <summary>Average precision with this policy, 0..1; null if it was not measured.</summary>
    public double? Int8Precision { get; init; }

    /// <summary>Points of average precision (×100) that might be lost; null without a budget.</summary>
    public double? Budget { get; init; }

    /// <summary>True if any block is in int8.</summary>
    public bool IsActive => Blocks.Any(b => b.IsInt8);

    /// <summary>Share of the network's multiplications and additions in int8, 0..1.</summary>
    public double Int8Share => Blocks.Where(b => b.IsInt8).Sum(b => b.Share);

    /// <summary>True if a checkpoint's tensor is a matrix of a block in int8.</summary>
    public bool Covers(string weight) =>
        QuantizationBlocks.Of(weight) is { } block && Blocks.Any(b => b.IsInt8 && b.Name == block);
}

/// <summary>The values that the codes of an activation cover.</summary>
/// <param name="Least">At most 0.</param>
/// <param name="Largest">At least 0.</param>
public readonly record struct ActivationRange(float Least, float Largest)
{
    // Below this all values count as zero; also keeps 1/scale finite.
    private const float SmallestScale = 1e-30f;

    /// <summary>The smallest range that covers both.</summary>
    public ActivationRange With(ActivationRange other) => new(MathF.Min(Least, other.Least), MathF.Max(Largest, other.Largest));

    /// <summary>The distance of codes, and the code of 0, which is exact.</summary>
    /// <param name="most">The largest code; the least is 0.</param>
    internal (float Scale, int Zero) Codes(int most)
    {
        float scale = (Largest - Least) / most;
        return scale > SmallestScale ? (scale, (int)MathF.Round(-Least / scale)) : (1, 0);
    }
}
