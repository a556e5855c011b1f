using RfDetr.Checkpoints;

namespace RfDetr;

/// <summary>Policies as plain values, the way checkpoints of ours store them.</summary>
internal static class QuantizationPolicyPlain
{
    private const long Version = 1;

    public static PlainMap Write(QuantizationPolicy policy) => new(
    [
        new("version", Version),
        new("activations", policy.Activations == ActivationScales.Calibrated ? "calibrated" : "rows"),
        new("activation_bits", (long)policy.ActivationBits),
        new("measured", policy.Measured),
        new("float_precision", policy.FloatPrecision),
        new("int8_precision", policy.Int8Precision),
        new("budget", policy.Budget),
        new("calibration_pictures", (long)policy.CalibrationImages),
        new("calibration_sha256", policy.CalibrationDigest),
        new(
            "blocks",
            policy.Blocks.Select(object? (b) =>
                new PlainMap([new("name", b.Name), new("int8", b.IsInt8), new("cost", b.Cost), new("share", b.Share)])).ToList()),
        new("ranges", new PlainMap(policy.Ranges.OrderBy(r => r.Key, StringComparer.Ordinal)
            .Select(r =>
                KeyValuePair.Create(r.Key, (object?)new List<object?> { (double)r.Value.Least, (double)r.Value.Largest })))),
    ]);

    /// <summary>The policy among a checkpoint's metadata; null if there is none.</summary>
    /// <exception cref="CheckpointFormatException">It is no policy, or one of a later version.</exception>
    public static QuantizationPolicy? Find(Checkpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGet(QuantizationPolicy.Key, out object? stored) || stored is null)
            return null;
        if (stored is not PlainMap map || !map.TryGet("blocks", out List<object?>? blocks) || map["version"] is not long version)
            throw Wrong("it is no map with blocks and a version");
        if (version != Version)
            throw Wrong(Invariant.Text($"it is of version {version}, this program reads version {Version}"));
        return new QuantizationPolicy
        {
            Blocks = [.. blocks.Select(Block)],
            Activations = map["activations"] switch
            {
                "rows" => ActivationScales.Rows,
                "calibrated" => ActivationScales.Calibrated,
                var other => throw Wrong($"activations are '{other}', expected 'rows' or 'calibrated'")
            },
            ActivationBits = map["activation_bits"] switch
            {
                null => 8,
                8L => 8,
                7L => 7,
                var other => throw Wrong(Invariant.Text($"activation bits are '{other}', expected 7 or 8"))
            },
            Ranges = map.TryGet("ranges", out PlainMap? ranges)
                ? ranges.ToDictionary(r => (string)r.Key, r => Range(r.Value))
                : new Dictionary<string, ActivationRange>(),
            Measured = map["measured"] as string ?? "",
            FloatPrecision = map["float_precision"] as double?,
            Int8Precision = map["int8_precision"] as double?,
            Budget = map["budget"] as double?,
            CalibrationImages = map["calibration_pictures"] is long and >= 0 and <= int.MaxValue and var count ? (int)count : 0,
            CalibrationDigest = map["calibration_sha256"] as string ?? "",
        };
    }

    private static QuantizedBlock Block(object? value) =>
        value is PlainMap block && block["name"] is string name && block["int8"] is bool isInt8
            ? new(name, isInt8, block["cost"] as double?, block["share"] is double share ? share : 0)
            : throw Wrong("a block has no name, or does not say whether it is in int8");

    private static ActivationRange Range(object? value) =>
        value is List<object?> { Count: 2 } pair && pair[0] is double least and <= 0 && pair[1] is double largest and >= 0
        && float.IsFinite((float)least) && float.IsFinite((float)largest)
            ? new((float)least, (float)largest)
            : throw Wrong("a range is not two finite numbers around 0");

    private static CheckpointFormatException Wrong(string why) =>
        new($"the stored quantization policy cannot be used: {why}; quantize the model again");
}
