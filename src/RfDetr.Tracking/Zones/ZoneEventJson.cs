using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Tracking;

/// <summary>
/// Events as JSON, one object per event:
/// <c>{"event":"crossed","zone":"door","time":"00:00:12.4800000","frame":374,"track_id":7,"class_id":0, "direction":"in"}</c>;
/// <c>entered</c> has no more fields, <c>left</c> has <c>dwell</c> and <c>disappeared</c>.
/// </summary>
public static class ZoneEventJson
{
    /// <summary>One line without a line end.</summary>
    public static string Write(ZoneEvent occurred)
    {
        ArgumentNullException.ThrowIfNull(occurred);
        return JsonSerializer.Serialize(occurred, ZoneEventJsonContext.Default.ZoneEvent);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no event.</exception>
    public static ZoneEvent Read(string json) => JsonSerializer.Deserialize(json, ZoneEventJsonContext.Default.ZoneEvent)
        ?? throw new JsonException("The text 'null' is no event.");
}

/// <summary>Source-generated JSON of events.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DirectionConverter)])]
[JsonSerializable(typeof(ZoneEvent))]
internal sealed partial class ZoneEventJsonContext : JsonSerializerContext;

/// <summary>Writes directions as <c>in</c> and <c>out</c>.</summary>
internal sealed class DirectionConverter() : JsonStringEnumConverter<CrossingDirection>(JsonNamingPolicy.SnakeCaseLower);
