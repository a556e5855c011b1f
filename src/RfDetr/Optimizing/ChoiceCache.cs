using System.Text.Json;
using System.Text.Json.Serialization;
using RfDetr.Checkpoints;

namespace RfDetr;

/// <summary>
/// Remembers choices, one small file each. A file that is missing, broken, of another version or about something else is no
/// choice: it is measured again.
/// </summary>
internal sealed class ChoiceCache(string folder)
{
    private const long MostBytes = 1 << 20;

    /// <summary>The folder that options name, or the one beside the downloaded weights.</summary>
    public static ChoiceCache At(string? folder) => new(folder is null
        ? Path.Combine(Path.GetDirectoryName(new DownloadOptions().ResolveFolder())!, "optimized")
        : Path.GetFullPath(folder));

    /// <summary>Path of the choice for these facts, existing or not.</summary>
    public string PathOf(IReadOnlyList<string> facts) => Path.Combine(folder, ChoiceFacts.Name(facts) + ".json");

    /// <summary>The remembered report for these facts; null if there is none.</summary>
    public OptimizationReport? Find(IReadOnlyList<string> facts)
    {
        string path = PathOf(facts);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MostBytes)
                return null;
            StoredChoice? stored =
                JsonSerializer.Deserialize(File.ReadAllBytes(path), OptimizationJsonContext.Default.StoredChoice);
            return stored is { SchemaVersion: StoredChoice.CurrentSchema, Report: { } report }
                && report.Facts.SequenceEqual(facts) && IsValid(report)
                ? report
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Stores a report under its facts.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public void Store(OptimizationReport report) => AtomicFile.Write(
        PathOf(report.Facts),
        stream =>
        {
            using var json = new Utf8JsonWriter(stream, JsonStyle.Indented);
            JsonSerializer.Serialize(
                json, new StoredChoice(StoredChoice.CurrentSchema, report), OptimizationJsonContext.Default.StoredChoice);
        },
        flushToDisk: false);

    // The compiled reader gives null to lists that a file leaves out, and any number is a value of an enumeration to it.
    private static bool IsValid(OptimizationReport report) =>
        report is { Chosen.IsValid: true, Reference.IsValid: true, Reason: not null, Notes: not null }
        && report.Notes.All(note => note is not null)
        && report.Candidates.Count > 0 && report.Candidates.All(IsValid)
        && report.Candidates.Any(c => c.Choice with { Batch = 1 } == report.Chosen with { Batch = 1 });

    private static bool IsValid(CandidateReport? candidate) =>
        candidate is { Choice.IsValid: true, Reason: not null, Calls: >= 0 }
        && Enum.IsDefined(candidate.Fate) && candidate.Rival?.IsValid != false;
}

/// <summary>A file of the cache.</summary>
/// <param name="SchemaVersion">Version of the layout.</param>
/// <param name="Report">Report of the measurement.</param>
internal sealed record StoredChoice(int SchemaVersion, OptimizationReport Report)
{
    public const int CurrentSchema = 1;
}

/// <summary>Compiled serialization of reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredChoice))]
[JsonSerializable(typeof(OptimizationReport))]
internal sealed partial class OptimizationJsonContext : JsonSerializerContext;
