using RfDetr.Cli.Commands;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>quantize</c> writes.</summary>
internal sealed record QuantizedDocument(string File, long Bytes, QuantizationDocument Quantization);

/// <summary>A quantization policy.</summary>
internal sealed record QuantizationDocument(
    string Activations, int ActivationBits, string Measured, double? FloatAp, double? Int8Ap, double? Budget, double Int8Share,
    int CalibrationPictures, string CalibrationSha256, IReadOnlyList<QuantizedBlockDocument> Blocks)
{
    public static QuantizationDocument Of(QuantizationPolicy p) => new(
        QuantizationText.Activations(p), p.ActivationBits, p.Measured, Finite(p.FloatPrecision), Finite(p.Int8Precision),
        Finite(p.Budget), p.Int8Share,
        p.CalibrationImages, p.CalibrationDigest,
        [.. p.Blocks.Select(b => new QuantizedBlockDocument(b.Name, b.IsInt8, Finite(b.Cost), b.Share))]);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

/// <summary>A block that may run in int8, and what that costs.</summary>
internal sealed record QuantizedBlockDocument(string Name, bool Int8, double? ApCost, double Share);
