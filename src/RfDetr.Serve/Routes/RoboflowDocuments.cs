using System.Text.Json.Serialization;

namespace RfDetr.Serve;

/// <summary>The server's name, version and id: <c>GET /info</c>.</summary>
internal sealed record InfoDocument(string Name, string Version, string Uuid);

/// <summary>The loaded models: <c>GET /model/registry</c>.</summary>
internal sealed record RegistryDocument(IReadOnlyList<RegistryModel> Models);

/// <summary>One loaded model under one id.</summary>
internal sealed record RegistryModel(
    string ModelId, string TaskType, int BatchSize, int InputHeight, int InputWidth, IReadOnlyList<string> Classes,
        long MemoryBytes);

/// <summary>The size of an image.</summary>
internal sealed record RoboflowImage(int Width, int Height);

/// <summary>The results of one image.</summary>
internal sealed record RoboflowResponse
{
    public string? InferenceId { get; init; }

    public required double Time { get; init; }

    public required RoboflowImage Image { get; init; }

    /// <summary>The drawn image as base64.</summary>
    public string? Visualization { get; init; }

    public required IReadOnlyList<RoboflowPrediction> Predictions { get; init; }
}

/// <summary>One object: center, width and height in pixels.</summary>
internal sealed record RoboflowPrediction
{
    public required float X { get; init; }

    public required float Y { get; init; }

    public required float Width { get; init; }

    public required float Height { get; init; }

    public required float Confidence { get; init; }

    public required string Class { get; init; }

    public required int ClassId { get; init; }

    public required Guid DetectionId { get; init; }

    public IReadOnlyList<RoboflowPoint>? Points { get; init; }

    public MaskDocument? Rle { get; init; }

    public string? MaskFormat { get; init; }
}

/// <summary>A corner of a polygon.</summary>
internal readonly record struct RoboflowPoint(float X, float Y);

/// <summary>Compiled serialization of what Roboflow's clients read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InfoDocument))]
[JsonSerializable(typeof(RegistryDocument))]
[JsonSerializable(typeof(RoboflowResponse))]
[JsonSerializable(typeof(IReadOnlyList<RoboflowResponse>))]
internal sealed partial class RoboflowJson : JsonSerializerContext;
