using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>Reads golden files: small helpers over <see cref="JsonElement"/> that name what is missing.</summary>
internal static class GoldenJson
{
    private const long LargestFile = 256L << 20;

    /// <summary>Parses a file and hands its root to <paramref name="use"/>.</summary>
    /// <exception cref="StreamGoldenException">The file is missing, too large, no JSON, or not what it should be.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> use)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > LargestFile)
                throw new StreamGoldenException($"'{path}' has {length} bytes; golden files have at most {LargestFile}.");
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            return use(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamGoldenException($"'{path}' cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (GoldenJson.IsDamage(e))
        {
            throw new StreamGoldenException($"'{path}' is no golden file of streams, or is damaged: {e.Message}", e);
        }
    }

    /// <summary>True if an exception means that a file does not hold what was expected of it.</summary>
    public static bool IsDamage(Exception e) =>
        e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or IndexOutOfRangeException
            or ArgumentException or AnnotationFormatException;

    public static JsonElement Get(this JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value)
        ? value
        : throw new KeyNotFoundException($"there is no '{name}'");

    public static string Text(this JsonElement element, string name) =>
        element.Get(name).GetString() ?? throw new FormatException($"'{name}' is null");

    public static int Whole(this JsonElement element, string name) => element.Get(name).GetInt32();

    public static double Number(this JsonElement element, string name) => element.Get(name).GetDouble();

    public static bool Flag(this JsonElement element, string name) => element.Get(name).GetBoolean();

    public static double[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    public static int[] Wholes(this JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];

    public static double[][] Rows(this JsonElement array) => [.. array.EnumerateArray().Select(Numbers)];

    public static BoxXyxy Box(double[] row, int at) =>
        new((float)row[at], (float)row[at + 1], (float)row[at + 2], (float)row[at + 3]);
}
