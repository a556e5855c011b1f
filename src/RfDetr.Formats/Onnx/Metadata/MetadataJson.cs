using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RfDetr.Onnx;

/// <summary>Metadata records ⇄ JSON text. Unknown fields are ignored; a wrong type is an error that names the field.</summary>
internal static class MetadataJson
{
    private static readonly JsonDefaults s_inferenceDefaults = JsonDefaults.Of(
        new InferenceMetadata
        {
            Format = "",
            Task = "",
            InputShape = [],
            Outputs = new Dictionary<string, string>(),
            Means = [],
            Stds = [],
            ClassNames = [],
            NumClasses = 0,
            NumSelect = 0,
            TraceAlpha = 0,
            PatchSize = 0,
            NumWindows = 0,
        },
        MetadataJsonContext.Default.InferenceMetadata);

    private static readonly JsonDefaults s_notesDefaults =
        JsonDefaults.Of(new ArtifactNotes(), MetadataJsonContext.Default.ArtifactNotes);

    /// <summary>One line of JSON for metadata_props.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message lists all.</exception>
    public static string Write(InferenceMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        List<string> wrong = MetadataCheck.Violations(metadata);
        if (wrong.Count > 0)
            throw new ArgumentException($"{InferenceMetadata.Key}: {string.Join("; ", wrong)}", nameof(metadata));
        return JsonSerializer.Serialize(metadata, MetadataJsonContext.Default.InferenceMetadata);
    }

    /// <summary>One line of JSON for metadata_props.</summary>
    public static string Write(ArtifactNotes notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        return JsonSerializer.Serialize(notes, MetadataJsonContext.Default.ArtifactNotes);
    }

    /// <summary>Reads the value of <see cref="InferenceMetadata.Key"/>.</summary>
    /// <exception cref="OnnxFormatException">It is no JSON, a field is missing or of the wrong type or range.</exception>
    public static InferenceMetadata ReadInference(string json) =>
        MetadataCheck.Checked(
            Read(json, MetadataJsonContext.Default.InferenceMetadata, InferenceMetadata.Key, s_inferenceDefaults));

    /// <summary>Reads the value of <see cref="ArtifactNotes.Key"/>.</summary>
    /// <exception cref="OnnxFormatException">It is no JSON, or a field is of the wrong type.</exception>
    public static ArtifactNotes ReadNotes(string json) =>
        Read(json, MetadataJsonContext.Default.ArtifactNotes, ArtifactNotes.Key, s_notesDefaults);

    /// <summary>The contract in a model's metadata_props; null if there is none (files of rf-detr before 1.12).</summary>
    /// <exception cref="OnnxFormatException">There is one, but it is damaged.</exception>
    public static InferenceMetadata? FindInference(IReadOnlyDictionary<string, string> custom) =>
        custom.TryGetValue(InferenceMetadata.Key, out string? json) ? ReadInference(json) : null;

    /// <summary>Our notes in a model's metadata_props; null if there are none.</summary>
    /// <exception cref="OnnxFormatException">There are some, but they are damaged.</exception>
    public static ArtifactNotes? FindNotes(IReadOnlyDictionary<string, string> custom) =>
        custom.TryGetValue(ArtifactNotes.Key, out string? json) ? ReadNotes(json) : null;

    internal static T Read<T>(string json, JsonTypeInfo<T> type, string name, JsonDefaults? defaults = null)
    {
        try
        {
            return JsonSerializer.Deserialize(defaults?.Complete(json) ?? json, type)
                ?? throw new OnnxFormatException($"{name} is null");
        }
        catch (JsonException e)
        {
            // "$.means[1]" → "means[1]"; "$" is the whole text.
            string field = e.Path is { Length: > 2 } path ? $"field '{path[2..]}' of {name}" : name;
            throw new OnnxFormatException($"{field} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>Compiled readers and writers of the metadata records.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(InferenceMetadata))]
[JsonSerializable(typeof(ArtifactNotes))]
[JsonSerializable(typeof(SideFile))]
internal sealed partial class MetadataJsonContext : JsonSerializerContext;
