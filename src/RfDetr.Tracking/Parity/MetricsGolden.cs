using System.Globalization;
using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>
/// The golden file of tracking metrics. Its larger cases take boxes and ids from the sequences in the folder <c>tracking</c>
/// beside it.
/// </summary>
internal static class MetricsGolden
{
    private const double Tolerance = 1e-6;

    public static IEnumerable<StreamParityResult> Check(string path) => GoldenJson.Read(path, root =>
    {
        var results = new List<StreamParityResult>();
        foreach (JsonElement c in root.Get("cases").EnumerateArray())
        {
            TrackingGolden sequence = TrackingGolden.Read(SequenceFile(path, c.Text("sequence")));
            TrackingGolden.Setup setup = sequence.Setups.First(s => s.Name == c.Text("tracker"));
            results.Add(
                Compare(path, $"{sequence.Name}, {setup.Name}", c, TrueEntries(sequence), ResultEntries(sequence, setup.Ids)));
        }

        foreach (JsonElement c in root.Get("small").EnumerateArray())
            results.Add(Compare(path, c.Text("name"), c, Entries(c.Get("gt")), Entries(c.Get("pred"))));
        return results;
    });

    /// <summary>The truth of a sequence.</summary>
    public static MotEntry[] TrueEntries(TrackingGolden sequence) =>
        [.. sequence.Truth.SelectMany((rows, f) => rows.Select(t => Entry(f, (int)t[0], t, 2)))];

    /// <summary>The detections of a sequence that have an id.</summary>
    public static MotEntry[] ResultEntries(TrackingGolden sequence, IReadOnlyList<IReadOnlyList<int>> ids) =>
        [.. sequence.Detections.SelectMany((rows, f) => rows.Select((d, i) => Entry(f, ids[f][i], d, 0))).Where(e => e.Id >= 0)];

    private static string SequenceFile(string metricsFile, string name)
    {
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(metricsFile))!, "..", "tracking");
        if (name.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") >= 0)
            throw new FormatException("the name of a sequence holds other characters than letters, digits, '-' and '_'");
        return Path.GetFullPath(Path.Combine(folder, name + ".json"));
    }

    private static MotEntry[] Entries(JsonElement frames) =>
        [.. frames.EnumerateArray().SelectMany((rows, f) => rows.Rows().Select(r => Entry(f, (int)r[0], r, 1)))];

    private static MotEntry Entry(int frame, int id, double[] row, int at) =>
        new(frame + 1, id, row[at], row[at + 1], row[at + 2] - row[at], row[at + 3] - row[at + 1]);

    private static StreamParityResult Compare(
        string path, string setup, JsonElement expected, MotEntry[] truth, MotEntry[] result)
    {
        TrackingScores scores = TrackingMetrics.Of(truth, result);
        foreach ((string group, string name, double value) in Values(scores))
        {
            double wanted = expected.Get(group).Number(name);
            if (!(Math.Abs(value - wanted) <= Tolerance))
                return new StreamParityResult(
                    path, setup, 0, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, expected {wanted}"));
        }

        JsonElement hota = expected.Get("HOTA");
        string? curve = Curve("HOTA", scores.Hota.HotaPerThreshold, hota) ?? Curve("DetA", scores.Hota.DetAPerThreshold, hota)
            ?? Curve("AssA", scores.Hota.AssAPerThreshold, hota);
        return new StreamParityResult(path, setup, curve is null ? null : 0, curve);
    }

    private static string? Curve(string name, IReadOnlyList<double> found, JsonElement hota)
    {
        double[] expected = hota.Get($"{name}_alpha").Numbers();
        int wrong =
            Enumerable.Range(0, expected.Length).FirstOrDefault(a => !(Math.Abs(found[a] - expected[a]) <= Tolerance), -1);
        return wrong < 0
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{name} at threshold {0.05 * (wrong + 1):0.00} is {found[wrong]}, expected {expected[wrong]}");
    }

    private static IEnumerable<(string Group, string Name, double Value)> Values(TrackingScores s) =>
    [
        ("HOTA", "HOTA", s.Hota.Hota), ("HOTA", "DetA", s.Hota.DetA), ("HOTA", "AssA", s.Hota.AssA),
            ("HOTA", "DetRe", s.Hota.DetRe),
        ("HOTA", "DetPr", s.Hota.DetPr), ("HOTA", "AssRe", s.Hota.AssRe), ("HOTA", "AssPr", s.Hota.AssPr),
            ("HOTA", "LocA", s.Hota.LocA),
        ("HOTA", "HOTA(0)", s.Hota.HotaAt05), ("CLEAR", "MOTA", s.Clear.Mota), ("CLEAR", "MOTP", s.Clear.Motp),
            ("CLEAR", "MODA", s.Clear.Moda),
        ("CLEAR", "CLR_Re", s.Clear.Recall), ("CLEAR", "CLR_Pr", s.Clear.Precision), ("CLEAR", "CLR_TP", s.Clear.TruePositives),
        ("CLEAR", "CLR_FN", s.Clear.FalseNegatives), ("CLEAR", "CLR_FP", s.Clear.FalsePositives),
            ("CLEAR", "IDSW", s.Clear.IdSwitches),
        ("CLEAR", "MT", s.Clear.MostlyTracked), ("CLEAR", "PT", s.Clear.PartlyTracked), ("CLEAR", "ML", s.Clear.MostlyLost),
        ("CLEAR", "Frag", s.Clear.Fragmentations), ("Identity", "IDF1", s.Identity.Idf1), ("Identity", "IDR", s.Identity.Recall),
        ("Identity", "IDP", s.Identity.Precision), ("Identity", "IDTP", s.Identity.TruePositives),
            ("Identity", "IDFN", s.Identity.FalseNegatives),
        ("Identity", "IDFP", s.Identity.FalsePositives),
    ];
}
