using System.Text.Json.Serialization;

namespace RfDetr.Jobs;

/// <summary>JSON of a shard's column <c>meta</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ShardMeta))]
internal sealed partial class PostgresJson : JsonSerializerContext;
