using System.Text.Encodings.Web;
using System.Text.Json;

namespace RfDetr.Bench;

/// <summary>One model on one machine: a file of the table.</summary>
/// <param name="Name">Variant with formula weights, or a trained model's name.</param>
/// <param name="IsTrained">False for formula weights.</param>
/// <param name="Height">Input height in pixels.</param>
/// <param name="Width">Input width in pixels.</param>
/// <param name="HasMasks">True for instance segmentation.</param>
/// <param name="Threads">Threads of each run.</param>
/// <param name="MeasuredAt">UTC.</param>
/// <param name="Seconds">Duration of the row.</param>
/// <param name="OthersShare">
/// Part of the cores that other programs used meanwhile, 0..1; null where the system does not tell.
/// </param>
/// <param name="Environment">Machine and software.</param>
/// <param name="Entries">One for each engine and precision; the first is the baseline.</param>
/// <param name="Missing">Forms that did not run here, with the reason.</param>
internal sealed record TableRow(
    string Name, bool IsTrained, int Height, int Width, bool HasMasks, int Threads, DateTimeOffset MeasuredAt, double Seconds,
    double? OthersShare,
    BenchmarkEnvironment Environment, IReadOnlyList<TableEntry> Entries, IReadOnlyList<string> Missing)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
    };

    public static string PathOf(string folder, string name) =>
        Path.Combine(folder, "rows", Path.GetFileNameWithoutExtension(name) + ".json");

    /// <summary>All rows of a folder, in the order of the variants, trained models last.</summary>
    public static List<TableRow> ReadAll(string folder)
    {
        List<string> order = [.. Model.Variants.All.Select(v => v.Variant)];
        string rows = Path.Combine(folder, "rows");
        string[] files = Directory.Exists(rows) ? Directory.GetFiles(rows, "*.json") : [];
        return
        [
            .. files.Select(Read)
                .OrderBy(r => order.IndexOf(r.Name) is >= 0 and var at ? at : int.MaxValue)
                .ThenBy(r => r.Name, StringComparer.Ordinal)
        ];
    }

    public static void WriteAll(string path, IReadOnlyList<TableRow> rows) => Write(path, JsonSerializer.Serialize(rows, s_json));

    public void Save(string folder) => Write(PathOf(folder, Name), JsonSerializer.Serialize(this, s_json));

    private static TableRow Read(string path) =>
        JsonSerializer.Deserialize<TableRow>(File.ReadAllText(path), s_json)
            ?? throw new InvalidDataException($"'{path}' is no row of a table: it is null");

    // Whole or not at all: an interrupted row is measured again.
    private static void Write(string path, string text)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".tmp", text + "\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }
}

/// <summary>One engine in one precision.</summary>
/// <param name="Engine">Engine that ran the network, with the form of the model.</param>
/// <param name="Precision">fp32, fp16, ….</param>
/// <param name="Rounds">Measured runs.</param>
/// <param name="MedianMs">Median of a run in milliseconds.</param>
/// <param name="MinMs">The quickest run.</param>
/// <param name="P90Ms">90th percentile.</param>
/// <param name="Ratio">Median over the baseline's median.</param>
/// <param name="PairwiseRatio">Median of the ratios of runs next to each other; holds when the machine's speed drifts.</param>
/// <param name="Accuracy">Average precision of the same engine and precision; null for formula weights or without data.</param>
internal sealed record TableEntry(
    string Engine, string Precision, int Rounds, double MedianMs, double MinMs, double P90Ms, double Ratio, double PairwiseRatio,
    BenchmarkAccuracy? Accuracy);
