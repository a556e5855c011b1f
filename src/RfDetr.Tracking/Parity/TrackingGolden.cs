using System.Globalization;
using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>A golden sequence: detections, truth, and the ids that each reference gave.</summary>
internal sealed class TrackingGolden
{
    private TrackingGolden(JsonElement root)
    {
        Name = root.Text("name");
        FramesPerSecond = root.Number("fps");
        ResetBefore = root.Get("reset_before").Wholes();
        Detections = [.. root.Get("detections").EnumerateArray().Select(f => f.Rows())];
        Truth = [.. root.Get("truth").EnumerateArray().Select(f => f.Rows())];
        Motions = root.TryGetProperty("warps", out JsonElement warps)
            ? [.. warps.Rows().Select(w => new CameraMotion(w[0], w[1], w[2], w[3], w[4], w[5]))]
            : [];
        Setups = [.. root.Get("expected").EnumerateObject().Select(p => new Setup(p.Name, p.Value.Clone()))];
    }

    public string Name { get; }

    public double FramesPerSecond { get; }

    public int[] ResetBefore { get; }

    /// <summary>Per frame rows of x1, y1, x2, y2, score, class, true id (−1: a false detection).</summary>
    public double[][][] Detections { get; }

    /// <summary>Per frame rows of id, class, x1, y1, x2, y2.</summary>
    public double[][][] Truth { get; }

    /// <summary>Motion of the camera per frame; empty if it stands still.</summary>
    public CameraMotion[] Motions { get; }

    public Setup[] Setups { get; }

    public static TrackingGolden Read(string path) => GoldenJson.Read(path, root => new TrackingGolden(root));

    /// <summary>The detections of a frame.</summary>
    public TrackDetection[] Frame(int frame) =>
        [.. Detections[frame].Select(d => new TrackDetection(GoldenJson.Box(d, 0), (float)d[4], (int)d[5]))];

    /// <summary>Runs a tracker over the sequence.</summary>
    public IEnumerable<(TrackedFrame Frame, IReadOnlyList<int> RawIds)> Run(Tracker tracker)
    {
        for (int f = 0; f < Detections.Length; f++)
        {
            if (ResetBefore.Contains(f))
                tracker.Reset();
            CameraMotion motion = Motions.Length == 0 ? CameraMotion.None : Motions[f];
            TrackedFrame frame = tracker.Update(Frame(f), TimeSpan.FromSeconds(f / FramesPerSecond), motion);
            yield return (frame, tracker.RawIds);
        }
    }

    /// <summary>Compares each reference with ours.</summary>
    public static IEnumerable<StreamParityResult> Check(string path)
    {
        TrackingGolden golden = Read(path);
        foreach (Setup setup in golden.Setups)
        {
            (int? frame, string? difference) = golden.Compare(setup);
            yield return new StreamParityResult(path, setup.Name, frame, difference);
        }
    }

    private (int? Frame, string? Difference) Compare(Setup setup)
    {
        int exact = setup.SensitiveFrom ?? Detections.Length;
        var ids = new List<IReadOnlyList<int>>();
        foreach ((TrackedFrame frame, IReadOnlyList<int> raw) in Run(setup.Create()))
        {
            int f = ids.Count;
            ids.Add(raw);
            if (f < exact
                && (Ids(setup.Ids[f], raw) ?? States(setup.States?[f], frame.Tracks, setup.Tolerance)) is { } difference)
                return (f, difference);
        }

        return exact < Detections.Length && Summary(ids) is var summary && summary != setup.Summary
            ? (exact, $"from here on ids depend on rounding, but the whole gave {summary}, expected {setup.Summary}")
            : default;
    }

    private static string? Ids(int[] expected, IReadOnlyList<int> found)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != found[i])
                return $"detection {i} has id {found[i]}, expected {expected[i]}";
        }

        return null;
    }

    private static string? States(double[][]? expected, IReadOnlyList<TrackState> found, double tolerance)
    {
        if (expected is null)
            return null;
        if (expected.Length != found.Count)
            return $"{found.Count} tracks are reported ({string.Join(", ", found.Select(t => t.Id))}), expected "
                + $"{expected.Length}";
        for (int i = 0; i < expected.Length; i++)
        {
            BoxXyxy box = found[i].Box;
            double[] row = [found[i].Id, box.X1, box.Y1, box.X2, box.Y2];
            if (row[0] != expected[i][0] || row.Zip(expected[i]).Any(p => !(Math.Abs(p.First - p.Second) <= tolerance)))
                return $"the filter's box is [{Text(row)}], expected [{Text(expected[i])}] ± {Text([tolerance])}";
        }

        return null;
    }

    private static string Text(double[] row) =>
        string.Join(", ", row.Select(v => Math.Round(v, 4).ToString(CultureInfo.InvariantCulture)));

    /// <summary>Distinct ids, switches, and true detections without an id.</summary>
    public TrackingSummary Summary(IReadOnlyList<IReadOnlyList<int>> ids)
    {
        var last = new Dictionary<int, int>();
        var distinct = new HashSet<(int Segment, int Id)>();
        int switches = 0, without = 0, segment = 0;
        for (int f = 0; f < Detections.Length; f++)
        {
            if (ResetBefore.Contains(f))
            {
                last.Clear();
                segment++;
            }

            for (int i = 0; i < Detections[f].Length; i++)
            {
                (int truth, int id) = ((int)Detections[f][i][6], ids[f][i]);
                if (id >= 0)
                    _ = distinct.Add((segment, id));
                if (truth < 0)
                    continue;
                if (id < 0)
                {
                    without++;
                    continue;
                }

                if (last.TryGetValue(truth, out int previous) && previous != id)
                    switches++;
                last[truth] = id;
            }
        }

        return new TrackingSummary(distinct.Count, switches, without);
    }

    /// <summary>One reference's set-up and results.</summary>
    internal sealed class Setup(string name, JsonElement value)
    {
        public string Name => name;

        public int[][] Ids { get; } = [.. value.Get("ids").EnumerateArray().Select(f => f.Wholes())];

        /// <summary>Per frame rows of id, x1, y1, x2, y2; null where the reference's boxes were not recorded.</summary>
        public double[][][]? States { get; } = value.TryGetProperty("states", out JsonElement states)
            ? [.. states.EnumerateArray().Select(f => f.Rows())]
            : null;

        public double Tolerance { get; } = GoldenTrackers.StateTolerance(value.Text("algorithm"));

        public int? SensitiveFrom { get; } = value.Flag("stable") ? null : value.Whole("sensitive_from");

        public TrackingSummary Summary { get; } = new(
            value.Get("summary").Whole("ids"),
            value.Get("summary").Whole("switches"),
            value.Get("summary").Whole("true_without_id"));

        public Tracker Create() => GoldenTrackers.Create(value.Text("algorithm"), value.Get("parameters"));
    }
}

/// <summary>Summary of a sequence's ids.</summary>
/// <param name="Ids">Distinct ids.</param>
/// <param name="Switches">Number of times that an object\'s id differs from its last one.</param>
/// <param name="WithoutId">True detections without an id.</param>
internal readonly record struct TrackingSummary(int Ids, int Switches, int WithoutId);
