using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Tools;

/// <summary>Benchmark reports as JSON: names in snake_case, times in milliseconds, one line for each list of samples.</summary>
public static class BenchmarkFile
{
    private const long MostBytes = 512L << 20;

    /// <summary>Reads a report.</summary>
    /// <exception cref="BenchmarkFormatException">
    /// The file is no report, one of another version, or contradicts itself.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BenchmarkReport Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length > MostBytes)
            throw new BenchmarkFormatException($"'{path}' has {file.Length} bytes; a benchmark report has {MostBytes} at most");
        BenchmarkReport? report;
        try
        {
            report = JsonSerializer.Deserialize(file, BenchmarkJsonContext.Default.BenchmarkReport);
        }
        catch (JsonException e)
        {
            throw new BenchmarkFormatException(
                $"'{path}' is no benchmark report (rfdetr benchmark --json FILE writes one): {e.Message}", e);
        }

        return report is null
            ? throw new BenchmarkFormatException($"'{path}' is no benchmark report: it is null")
            : BenchmarkCheck.Checked(report, path);
    }

    /// <summary>Writes a report as one JSON object.</summary>
    /// <param name="report">The measurement.</param>
    /// <param name="json">Receives it; give it an encoder that leaves text as it is if people shall read the file.</param>
    public static void Write(BenchmarkReport report, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(json);
        JsonSerializer.Serialize(json, report, BenchmarkJsonContext.Default.BenchmarkReport);
    }
}

/// <summary>Compiled serialization of reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(SampleArrayConverter)])]
[JsonSerializable(typeof(BenchmarkReport))]
internal sealed partial class BenchmarkJsonContext : JsonSerializerContext;

/// <summary>A file is not a valid benchmark report; the message says where and why.</summary>
public sealed class BenchmarkFormatException : RfDetrException
{
    /// <summary>With a message that names the file.</summary>
    public BenchmarkFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a message that names the file, and what was wrong in detail.</summary>
    public BenchmarkFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
