using System.Text.Json.Serialization;

namespace RfDetr;

/// <summary>The model of a results document.</summary>
internal sealed record ModelDocument(string Name, string Variant, IReadOnlyDictionary<string, string> Classes);

/// <summary>One image's results. What a further head finds is a further property of <see cref="DetectionDocument"/>.</summary>
internal sealed record ImageDocument
{
    public string? File { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required IReadOnlyList<DetectionDocument> Detections { get; init; }

    public required TimesDocument TimeMs { get; init; }

    public static ImageDocument Of(Detections found, string? file = null) => new()
    {
        File = file,
        Width = found.Width,
        Height = found.Height,
        Detections = [.. found.Items.Select(DetectionDocument.Of)],
        TimeMs = TimesDocument.Of(found.Times),
    };
}

/// <summary>One object. JSON has no infinity and no NaN: such numbers become null.</summary>
internal sealed record DetectionDocument
{
    public required IReadOnlyList<float?> Box { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required float? Score { get; init; }

    public required int ClassId { get; init; }

    public required string ClassName { get; init; }

    public MaskDocument? Mask { get; init; }

    public IReadOnlyList<IReadOnlyList<int>>? Polygons { get; init; }

    public static DetectionDocument Of(Detection detection) => new()
    {
        Box = [Finite(detection.Box.X1), Finite(detection.Box.Y1), Finite(detection.Box.X2), Finite(detection.Box.Y2)],
        Score = Finite(detection.Score),
        ClassId = detection.ClassId,
        ClassName = detection.ClassName,
        Mask = detection.Mask is { } mask ? MaskDocument.Of(mask) : null,
        Polygons = detection.Mask is null ? null : [.. PolygonRings.Of(detection).Select(Coordinates)],
    };

    public static float? Finite(float value) => float.IsFinite(value) ? value : null;

    private static int[] Coordinates(PolygonRing ring) => [.. ring.Points.SelectMany(static p => (int[])[p.X, p.Y])];
}

/// <summary>COCO's compressed run lengths.</summary>
internal sealed record MaskDocument(IReadOnlyList<int> Size, string Counts)
{
    public static MaskDocument Of(RleMask mask) => new([mask.Height, mask.Width], mask.ToCompressedString());
}

/// <summary>Milliseconds, rounded to microseconds.</summary>
internal sealed record TimesDocument(double Decode, double Preprocess, double Inference, double Postprocess)
{
    public static TimesDocument Of(StageTimes t) =>
        new(
            Math.Round(t.DecodeMs, 3), Math.Round(t.PreprocessMs, 3), Math.Round(t.InferenceMs, 3),
            Math.Round(t.PostprocessMs, 3));
}

/// <summary>An image without results.</summary>
internal sealed record FailureDocument(string File, string Error);

/// <summary>Writes the documents: snake case, nothing for what is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelDocument))]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(FailureDocument))]
internal sealed partial class ResultJson : JsonSerializerContext;
