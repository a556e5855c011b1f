using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Training;

/// <summary>
/// A file of expected training figures: three AdamW steps on one batch, made of formula weights and a formula image.
/// </summary>
internal sealed record TrainingGolden
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Name of the published variant.</summary>
    public required string Variant { get; init; }

    /// <summary>Salt of the formula.</summary>
    public required string Salt { get; init; }

    /// <summary>Query groups.</summary>
    [JsonPropertyName("group_detr")]
    public required int Groups { get; init; }

    /// <summary>Images.</summary>
    public required int Batch { get; init; }

    /// <summary>Class logits less one.</summary>
    public required int NumClasses { get; init; }

    /// <summary>Sides of the image in pixels.</summary>
    public required int Resolution { get; init; }

    public required double LearningRate { get; init; }

    public required double LearningRateEncoder { get; init; }

    public required double LayerDecay { get; init; }

    public required double ComponentDecay { get; init; }

    public required double WeightDecay { get; init; }

    public required double ClipMaxNorm { get; init; }

    public required IReadOnlyDictionary<string, double> LossWeights { get; init; }

    /// <summary>Steps that the reference computed in float64.</summary>
    public required IReadOnlyList<GoldenStep> Steps { get; init; }

    /// <summary>Steps that the reference computed in float32.</summary>
    [JsonPropertyName("steps_float32")]
    public required IReadOnlyList<GoldenStep> StepsFloat32 { get; init; }

    /// <summary>By name: [norm, projection on u("dir:" + name)]; null for a tensor without gradient.</summary>
    [JsonPropertyName("gradients_step0")]
    public required IReadOnlyDictionary<string, double[]?> Gradients { get; init; }

    [JsonPropertyName("gradients_step0_float32")]
    public required IReadOnlyDictionary<string, double[]?> GradientsFloat32 { get; init; }

    /// <summary>By name, in the optimizer's order: [learning rate, weight decay].</summary>
    public required IReadOnlyDictionary<string, double[]> OptimizerGroups { get; init; }

    /// <summary>By name: [norm, projection] after the last step.</summary>
    public required IReadOnlyDictionary<string, double[]> ParametersAfter { get; init; }

    public required IReadOnlyList<GoldenTarget> Targets { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="TrainingGoldenException">The file is not of this form.</exception>
    public static TrainingGolden Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return (
                JsonSerializer.Deserialize<TrainingGolden>(file, _json) ?? throw new JsonException("the file holds null"))
                .Checked(path);
        }
        catch (JsonException e)
        {
            throw new TrainingGoldenException($"'{path}' is no file of training figures: {e.Message}", e);
        }
    }

    private TrainingGolden Checked(string path)
    {
        string? wrong = Batch != Targets.Count ? $"batch is {Batch}, but there are targets of {Targets.Count} images"
            : Steps.Count == 0
                || Steps.Count
                    != StepsFloat32.Count ? $"it has {Steps.Count} steps in float64 and {StepsFloat32.Count} in float32"
            : Groups < 1
                || NumClasses < 1
                || Resolution
                    < 1 ? $"group_detr {Groups}, num_classes {NumClasses} and resolution {Resolution} must be at least 1"
            : Targets.Any(t =>
                t.Boxes.Length != t.Labels.Length || t.Boxes.Any(b => b.Length != 4))
                ? "a target's boxes are not four numbers for each label"
            : Gradients.Values.Any(v => v is not (null or { Length: 2 }))
                || ParametersAfter.Values.Any(v => v is not { Length: 2 }) ? "norms and projections are not pairs"
            : OptimizerGroups.Values.Any(v => v is not { Length: 2 }) ? "optimizer groups are not pairs"
            : null;
        return wrong is null ? this : throw new TrainingGoldenException($"'{path}': {wrong}", null);
    }
}

/// <summary>One expected step.</summary>
internal sealed record GoldenStep(double Total, double GradNormBeforeClip, IReadOnlyDictionary<string, double> Losses);

/// <summary>The objects of one image.</summary>
/// <param name="Boxes">cx, cy, w, h relative to the image; a mask is the ellipse inscribed in it.</param>
/// <param name="Labels">Logit indexes.</param>
internal sealed record GoldenTarget(float[][] Boxes, int[] Labels);

/// <summary>A file of training figures cannot be used; the message says why.</summary>
internal sealed class TrainingGoldenException(string message, Exception? inner) : RfDetrException(message, inner);
