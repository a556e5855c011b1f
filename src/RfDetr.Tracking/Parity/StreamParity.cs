using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>
/// Runs golden files of trackers, zones, tiling and tracking metrics and reports per set-up the first frame that differs. The
/// files' format is described in docs/streams-parity.md.
/// </summary>
internal static class StreamParity
{
    /// <summary>The golden files that a path names: itself, or all <c>*.json</c> files below a folder, by name.</summary>
    /// <exception cref="StreamGoldenException">There are none.</exception>
    public static IReadOnlyList<string> Files(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new StreamGoldenException($"'{path}' is neither a file nor a folder.");
        string[] files = [.. Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new StreamGoldenException($"The folder '{path}' holds no golden files (*.json).");
    }

    /// <summary>Compares everything in a file.</summary>
    /// <exception cref="StreamGoldenException">The file is no golden file of streams, or is damaged.</exception>
    public static IReadOnlyList<StreamParityResult> Run(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        Func<string, IEnumerable<StreamParityResult>> check = GoldenJson.Read(file, KindOf);
        try
        {
            return [.. check(file)];
        }
        catch (Exception e) when (GoldenJson.IsDamage(e))
        {
            throw new StreamGoldenException($"'{file}' is damaged: {e.Message}", e);
        }
    }

    // The kind of a file shows in the fields of its root and of its first case.
    private static Func<string, IEnumerable<StreamParityResult>> KindOf(JsonElement root)
    {
        if (Has(root, "detections"))
            return TrackingGolden.Check;
        if (Has(root, "small"))
            return MetricsGolden.Check;
        if (Has(root, "edge"))
            return ZoneGoldens.Lines;
        if (Has(root, "sahi"))
            return TilingGoldens.Tiles;
        JsonElement first = Has(root, "cases") && root.Get("cases").GetArrayLength() > 0 ? root.Get("cases")[0] : default;
        if (Has(first, "polygon"))
            return ZoneGoldens.Polygons;
        if (Has(first, "after_frame"))
            return ZoneGoldens.TrailsOf;
        if (Has(first, "length"))
            return ZoneGoldens.Smoothing;
        if (Has(first, "masks"))
            return TilingGoldens.Masks;
        if (Has(first, "boxes"))
            return TilingGoldens.Merging;
        throw new FormatException(
            "it holds none of detections, lines, polygons, smoothing, trails, tiles, merging, masks or metrics");
    }

    private static bool Has(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);
}
