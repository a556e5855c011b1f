using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Jobs;

/// <summary>Precisions that a job may ask for.</summary>
internal enum JobPrecision
{
    /// <summary>The engine's own choice: int8 where the model says so, else single precision.</summary>
    AsModel,
    Fp32,
    Fp16,
    Bf16,
    Int8,
}

/// <summary>
/// Everything of a job that changes its results, apart from the model's file; its digest is in every row. What belongs to one
/// machine (engine, threads, batch) is not in it.
/// </summary>
internal sealed record JobOptions
{
    /// <inheritdoc cref="ModelOptions.Variant"/>
    public string? Variant { get; init; }

    /// <inheritdoc cref="ModelOptions.ClassNames"/>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <inheritdoc cref="ModelOptions.ClassOffset"/>
    public int? ClassOffset { get; init; }

    /// <summary>Height and width of the network's input; null: the model's own.</summary>
    public IReadOnlyList<int>? InputSize { get; init; }

    /// <inheritdoc cref="ModelOptions.Weights"/>
    public WeightSet Weights { get; init; }

    /// <summary>Precision of the products.</summary>
    public JobPrecision Precision { get; init; }

    /// <inheritdoc cref="DetectOptions.ScoreThreshold"/>
    public float ScoreThreshold { get; init; }

    /// <inheritdoc cref="DetectOptions.ClassThresholds"/>
    public SortedDictionary<string, float> ClassThresholds { get; init; } = new(StringComparer.Ordinal);

    /// <inheritdoc cref="DetectOptions.Classes"/>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Left, top, width and height of the part that is looked at; null: all of the image.</summary>
    public IReadOnlyList<int>? Roi { get; init; }

    /// <inheritdoc cref="DetectOptions.ClampBoxes"/>
    public bool ClampBoxes { get; init; }

    /// <inheritdoc cref="DetectOptions.NumSelect"/>
    public int? NumSelect { get; init; }

    /// <inheritdoc cref="DetectOptions.ResizeRule"/>
    public ResizeRule? ResizeRule { get; init; }

    /// <inheritdoc cref="DetectOptions.NmsIoU"/>
    public float? NmsIou { get; init; }

    /// <summary>Names of the heads to decode; null: all.</summary>
    public IReadOnlyList<string>? Heads { get; init; }

    /// <inheritdoc cref="DetectOptions.MasksInsideBox"/>
    public bool MasksInsideBox { get; init; }

    /// <summary>The pixels of an image that is not refused; part of the options, since others are rows with an error.</summary>
    public long MaxPixels { get; init; }

    /// <summary>The options of a job from those of its model and of its detections.</summary>
    /// <exception cref="ArgumentException">A job cannot hold one of them.</exception>
    public static JobOptions Of(ModelOptions model, DetectOptions detect, JobPrecision precision, long maxPixels)
    {
        if (model.Quantization is not null)
            throw new ArgumentException("a job takes its quantization from the model's file; quantize the model first");
        if (model.ResizeRule is not null || model.NumSelect is not null)
            throw new ArgumentException("a job takes its resize rule and its number of candidates from the detection options");
        return new JobOptions
        {
            Variant = model.Variant,
            ClassNames = model.ClassNames,
            ClassOffset = model.ClassOffset,
            InputSize = model.InputSize is { } size ? [size.Height, size.Width] : null,
            Weights = model.Weights,
            Precision = precision,
            ScoreThreshold = detect.ScoreThreshold,
            ClassThresholds = new SortedDictionary<string, float>(
                detect.ClassThresholds.ToDictionary(p => p.Key, p => p.Value), StringComparer.Ordinal),
            Classes = [.. detect.Classes.Order(StringComparer.Ordinal)],
            Roi = detect.Roi is { } roi ? [roi.X, roi.Y, roi.Width, roi.Height] : null,
            ClampBoxes = detect.ClampBoxes,
            NumSelect = detect.NumSelect,
            ResizeRule = detect.ResizeRule,
            NmsIou = detect.NmsIoU,
            Heads = detect.Heads is { } heads ? [.. heads.Select(h => h.Name)] : null,
            MasksInsideBox = detect.MasksInsideBox,
            MaxPixels = maxPixels,
        };
    }

    /// <summary>The options of the model.</summary>
    /// <param name="acceptLicense">Whoever runs the job accepts the license of weights that ask for it.</param>
    public ModelOptions ToModelOptions(bool acceptLicense) => new()
    {
        Variant = Variant,
        ClassNames = ClassNames,
        ClassOffset = ClassOffset,
        InputSize = InputSize is [int height, int width] ? new ImageSize(height, width) : null,
        Weights = Weights,
        AcceptLicense = acceptLicense,
    };

    /// <summary>The options of the detections.</summary>
    public DetectOptions ToDetectOptions() => new()
    {
        ScoreThreshold = ScoreThreshold,
        ClassThresholds = ClassThresholds,
        Classes = Classes,
        Roi = Roi is [int x, int y, int width, int height] ? new PixelRect(x, y, width, height) : null,
        ClampBoxes = ClampBoxes,
        NumSelect = NumSelect,
        ResizeRule = ResizeRule,
        NmsIoU = NmsIou,
        Heads = Heads is null ? null : [.. Heads.Select(HeadOf)],
        MasksInsideBox = MasksInsideBox,
    };

    /// <summary>SHA-256 of the options as compact JSON: equal options have equal digests.</summary>
    public string Sha256() =>
        Convert.ToHexStringLower(SHA256.HashData(JsonStyle.ToUtf8(this, JobJson.Default.JobOptions).Span));

    private static Head HeadOf(string name) => Head.Known.FirstOrDefault(h => h.Name == name)
        ?? throw new JobException(
            $"the job asks for the head '{name}'; this version knows {string.Join(", ", Head.Known.Select(h => h.Name))}");
}

/// <summary>Enums as words in snake case, and as nothing else.</summary>
internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
