using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Jobs;

/// <summary>
/// A row: an entry of the <c>images</c> of <c>detect --json</c>, without times, which differ from run to run, and with what
/// names its origin. An image that failed has <c>error</c> in place of its results.
/// </summary>
internal sealed record RowDocument
{
    public required string Id { get; init; }

    public required string File { get; init; }

    /// <summary>The image's id in the COCO file that named it.</summary>
    public long? ImageId { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public IReadOnlyList<DetectionDocument>? Detections { get; init; }

    public string? Error { get; init; }

    public required string ModelSha256 { get; init; }

    public required string OptionsSha256 { get; init; }
}

/// <summary>A mark that a shard was given up; <c>jobs repair</c> goes through its images one by one.</summary>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Worker">Who gave it up.</param>
internal sealed record DeadMark(int Attempts, string Worker);

/// <summary>A mark that a shard or an image was begun.</summary>
/// <param name="Worker">By whom.</param>
/// <param name="Time">When.</param>
internal sealed record AttemptMark(string Worker, DateTimeOffset Time);

/// <summary>Failed images of a shard beside its rows, for whoever looks for them.</summary>
/// <param name="Id">The image.</param>
/// <param name="File">Its location.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record FailedImage(string Id, string File, string Error);

/// <summary>Compiled serialization of the documents of a job; names are in snake_case.</summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters =
        [
            typeof(SnakeCaseEnum<JobPrecision>), typeof(SnakeCaseEnum<ResizeRule>), typeof(SnakeCaseEnum<WeightSet>),
            typeof(SnakeCaseEnum<JobEventKind>)
        ])
]
[JsonSerializable(typeof(JobDefinition))]
[JsonSerializable(typeof(JobOptions))]
[JsonSerializable(typeof(JobImage))]
[JsonSerializable(typeof(JobEvent))]
[JsonSerializable(typeof(RowDocument))]
[JsonSerializable(typeof(ShardMeta))]
[JsonSerializable(typeof(DeadMark))]
[JsonSerializable(typeof(AttemptMark))]
[JsonSerializable(typeof(IReadOnlyList<FailedImage>))]
internal sealed partial class JobJson : JsonSerializerContext
{
    /// <summary>Reads a document of a destination.</summary>
    /// <exception cref="JobException">It is not one; the message names the file.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type)
                ?? throw new JobException($"'{file}' is null, expected {typeof(T).Name}");
        }
        catch (JsonException e)
        {
            throw new JobException(
                $"'{file}' is no {typeof(T).Name} of this version ({e.Message.Split(" | ")[0]}); it was changed, or another "
                + "version wrote it", e);
        }
    }
}
