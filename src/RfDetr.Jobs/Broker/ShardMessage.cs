using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitMQ.Client;

namespace RfDetr.Jobs;

/// <summary>A message of the work queue: a shard of a job.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Shard">0-based index of the shard.</param>
/// <param name="From">0-based index of the first image in the manifest.</param>
/// <param name="Count">Number of images.</param>
/// <param name="ManifestSha256">The manifest it was cut from.</param>
/// <param name="ModelSha256">The model that computes it.</param>
/// <param name="OptionsSha256">The options that it is computed with.</param>
internal sealed record ShardMessage(
    string Job, int Shard, long From, int Count, string ManifestSha256, string ModelSha256, string OptionsSha256)
{
    [JsonIgnore]
    public ShardRef Reference => new(Shard, From, Count);

    /// <summary>The message of a shard.</summary>
    public static ShardMessage Of(JobDefinition job, ShardRef shard) => new(
        job.Name, shard.Index, shard.First, shard.Count, job.ManifestSha256, job.ModelSha256, job.OptionsSha256);

    /// <summary>Reads a message; null if it is none.</summary>
    public static ShardMessage? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, BrokerJson.Default.ShardMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The message as it is sent.</summary>
    public ReadOnlyMemory<byte> ToBytes() => JsonStyle.ToUtf8(this, BrokerJson.Default.ShardMessage);

    /// <summary>Properties of the message: kept on disk, and an identity that people find in the broker's lists.</summary>
    public BasicProperties Properties() => new()
    {
        Persistent = true,
        ContentType = "application/json",
        MessageId = Invariant.Text($"{Job}/{Shard}"),
        Type = "rfdetr.shard",
    };

    /// <summary>The reason why a message does not belong to a job; null if it does.</summary>
    public string? Mismatch(JobDefinition job)
    {
        if (Job != job.Name)
            return $"it names job '{Job}', not '{job.Name}'";
        if (ManifestSha256 != job.ManifestSha256)
            return $"it was cut from manifest {ManifestSha256}, the job has {job.ManifestSha256}";
        if (ModelSha256 != job.ModelSha256)
            return $"it asks for model {ModelSha256}, the job has {job.ModelSha256}";
        if (OptionsSha256 != job.OptionsSha256)
            return $"it asks for options {OptionsSha256}, the job has {job.OptionsSha256}";
        if (Shard < 0 || Shard >= job.Shards)
            return Invariant.Text($"it names shard {Shard} of {job.Shards}");
        ShardRef whole = job.Shard(Shard);
        return Reference == whole
            ? null
            : Invariant.Text($"it names {Count} images from {From}, shard {Shard} has {whole.Count} from {whole.First}");
    }
}

/// <summary>An event as it is sent: with its job.</summary>
internal sealed record EventMessage(string Job, JobEvent Event);

/// <summary>JSON of messages.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnum<JobEventKind>)],
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ShardMessage))]
[JsonSerializable(typeof(EventMessage))]
internal sealed partial class BrokerJson : JsonSerializerContext;
