using System.Text.Json.Serialization;

namespace RfDetr.Serve;

/// <summary>Compiled serialization of what the server writes and logs: snake case, nothing for what is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(AccessLine))]
[JsonSerializable(typeof(HealthDocument))]
internal sealed partial class ServeJson : JsonSerializerContext;
