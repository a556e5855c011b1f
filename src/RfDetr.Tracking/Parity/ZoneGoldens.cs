using System.Globalization;
using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>Golden files of lines, polygons, smoothing and trails.</summary>
internal static class ZoneGoldens
{
    private const double BoxTolerance = 1e-3;
    private const double ScoreTolerance = 1e-4;
    private const double PointTolerance = 0.02;

    public static IEnumerable<StreamParityResult> Lines(string path) => GoldenJson.Read(path, root =>
    {
        TrackedBox[][] frames = Frames(root.Get("frames"));
        var results = new List<StreamParityResult>();
        foreach (JsonElement c in root.Get("cases").EnumerateArray())
        {
            string setup = $"{c.Text("line")}, {string.Join("+", Anchors(c))}, threshold {c.Whole("minimum_crossing_threshold")}";
            results.Add(Line(path, setup, c, frames,
                [.. c.Get("events").Rows().Select(e => ((int)e[0], (int?)(int)e[1], (int?)(int)e[2], (int)e[3]))]));
        }

        foreach (JsonElement c in root.Get("edge").EnumerateArray())
        {
            results.Add(Line(path, c.Text("name"), c, Frames(c.Get("frames")),
                [.. c.Get("events").Rows().Select(e => ((int)e[0], (int?)null, (int?)null, (int)e[1]))]));
        }

        return results;
    });

    public static IEnumerable<StreamParityResult> Polygons(string path) => GoldenJson.Read(path, root =>
    {
        TrackedBox[][] frames = Frames(root.Get("frames"));
        var results = new List<StreamParityResult>();
        foreach (JsonElement c in root.Get("cases").EnumerateArray())
        {
            var zone = new PolygonZone(
                c.Text("zone"),
                [.. c.Get("polygon").Rows().Select(p => (p[0], p[1]))],
                new PolygonZoneOptions { Anchors = Anchors(c) });
            int[] counts = c.Get("exact_counts").Wholes();
            int[][] inside = [.. c.Get("exact_inside").EnumerateArray().Select(f => f.Wholes())];
            results.Add(First(path, $"{zone.Name}, {string.Join("+", Anchors(c))}", Enumerable.Range(0, frames.Length), f =>
            {
                bool[] found = [.. frames[f].Select(b => zone.Contains(b.Box))];
                int wrong = Array.FindIndex([.. Enumerable.Range(0, found.Length)], i => found[i] != (inside[f][i] != 0));
                if (wrong >= 0)
                    return $"track {frames[f][wrong].TrackId} is {(found[wrong] ? "inside" : "outside")}, expected the opposite";
                int count = found.Count(i => i);
                return count == counts[f] ? null : $"{count} are inside, expected {counts[f]}";
            }));
        }

        return results;
    });

    public static IEnumerable<StreamParityResult> Smoothing(string path) => GoldenJson.Read(path, root =>
    {
        TrackedBox[][] frames = Frames(root.Get("frames"));
        var results = new List<StreamParityResult>();
        foreach (JsonElement c in root.Get("cases").EnumerateArray())
        {
            int length = c.Whole("length");
            var smoother = new Smoother(SmootherOptions.Supervision with { Frames = length });
            double[][][] expected = [.. c.Get("expected").EnumerateArray().Select(f => f.Rows())];
            results.Add(First(path, $"{length} frames", Enumerable.Range(0, frames.Length), f =>
                Difference(smoother.Update(frames[f]), expected[f])));
        }

        return results;
    });

    public static IEnumerable<StreamParityResult> TrailsOf(string path) => GoldenJson.Read(path, root =>
    {
        TrackedBox[][] frames = Frames(root.Get("frames"));
        var results = new List<StreamParityResult>();
        foreach (JsonElement c in root.Get("cases").EnumerateArray())
        {
            Anchor anchor = AnchorOf(c.Text("anchor"));
            var trails = new Trails(c.Whole("length"), anchor);
            JsonElement after = c.Get("after_frame");
            results.Add(First(path, $"{c.Whole("length")} frames, {anchor}", Enumerable.Range(0, frames.Length), f =>
            {
                trails.Update(frames[f]);
                return after.TryGetProperty(f.ToString(CultureInfo.InvariantCulture), out JsonElement expected)
                    ? Difference(trails, expected)
                    : null;
            }));
        }

        return results;
    });

    /// <summary>The result of a set-up that is checked frame by frame, or case by case.</summary>
    public static StreamParityResult First(string path, string setup, IEnumerable<int> frames, Func<int, string?> check)
    {
        foreach (int frame in frames)
        {
            if (check(frame) is { } difference)
                return new StreamParityResult(path, setup, frame, difference);
        }

        return new StreamParityResult(path, setup, null, null);
    }

    private static StreamParityResult Line(
        string path,
        string setup,
        JsonElement c,
        TrackedBox[][] frames,
        (int Frame, int? Track, int? Class, int Direction)[] expected)
    {
        (double[] start, double[] end) = (c.Get("start").Numbers(), c.Get("end").Numbers());
        var line = new SupervisionLineZone(
            "line", start[0], start[1], end[0], end[1], Anchors(c), c.Whole("minimum_crossing_threshold"));
        StreamParityResult events = First(path, setup, Enumerable.Range(0, frames.Length), f =>
        {
            string found = string.Join(", ", line.Update(frames[f], TimeSpan.FromSeconds(f), f)
                .OrderBy(e => e.TrackId).Select(e => Text(e.TrackId, e.ClassId, e.Direction == CrossingDirection.In ? 1 : -1)));
            string wanted = string.Join(", ", expected.Where(e => e.Frame == f)
                .Select(e => Text(e.Track ?? frames[f][0].TrackId, e.Class ?? frames[f][0].ClassId, e.Direction)));
            return found == wanted ? null : $"crossings [{found}], expected [{wanted}]";
        });
        return events.Ok && Totals(line, c) is { } difference
            ? events with { Frame = frames.Length - 1, Difference = difference }
            : events;
    }

    private static string Text(int track, int classId, int direction) =>
        $"track {track} class {classId} {(direction > 0 ? "in" : "out")}";

    private static string? Totals(SupervisionLineZone line, JsonElement c)
    {
        if (line.In.Total != c.Whole("in_count") || line.Out.Total != c.Whole("out_count"))
            return $"in all {line.In.Total} in and {line.Out.Total} out, expected {c.Whole("in_count")} and "
                + $"{c.Whole("out_count")}";
        foreach ((ClassCounts counts, string name) in new[] { (line.In, "in_per_class"), (line.Out, "out_per_class") })
        {
            if (!c.TryGetProperty(name, out JsonElement perClass))
                continue;
            string found = string.Join(", ", counts.PerClass.Select(p => $"{p.Key}: {p.Value}"));
            string wanted = string.Join(", ", perClass.EnumerateObject()
                .OrderBy(p => int.Parse(p.Name, CultureInfo.InvariantCulture)).Select(p => $"{p.Name}: {p.Value.GetInt32()}"));
            if (found != wanted)
                return $"{name} is {{{found}}}, expected {{{wanted}}}";
        }

        return null;
    }

    private static string? Difference(IReadOnlyList<TrackedBox> found, double[][] expected)
    {
        if (found.Count != expected.Length)
            return $"{found.Count} objects, expected {expected.Length}";
        for (int i = 0; i < expected.Length; i++)
        {
            (TrackedBox f, double[] e) = (found[i], expected[i]);
            double[] box = [f.Box.X1, f.Box.Y1, f.Box.X2, f.Box.Y2];
            if (f.TrackId != (int)e[0] || f.ClassId != (int)e[1] || Math.Abs(f.Score - e[6]) > ScoreTolerance
                || box.Zip(e[2..6]).Any(p => Math.Abs(p.First - p.Second) > BoxTolerance))
            {
                return string.Create(CultureInfo.InvariantCulture, $"found {f}, expected [{string.Join(", ", e)}]");
            }
        }

        return null;
    }

    private static string? Difference(Trails trails, JsonElement expected)
    {
        var wanted =
            expected.EnumerateObject().ToDictionary(p => int.Parse(p.Name, CultureInfo.InvariantCulture), p => p.Value.Rows());
        foreach ((int id, double[][] points) in wanted)
        {
            if (trails.Of(id).Count != points.Length)
                return $"the trail of {id} has {trails.Of(id).Count} points, expected {points.Length}";
            if (trails.Of(id).Zip(points).Any(
                p => Math.Abs(p.First.X - p.Second[0]) > PointTolerance || Math.Abs(p.First.Y - p.Second[1]) > PointTolerance))
                return $"the trail of {id} has other points";
        }

        return null;
    }

    private static TrackedBox[][] Frames(JsonElement frames) =>
        [.. frames.EnumerateArray().Select(f => f.Rows()
            .Select(r => new TrackedBox((int)r[0], (int)r[1], GoldenJson.Box(r, 2), r.Length > 6 ? (float)r[6] : 1)).ToArray())];

    private static Anchor[] Anchors(JsonElement c) =>
        [.. c.Get("anchors").EnumerateArray().Select(a => AnchorOf(a.GetString() ?? ""))];

    // BOTTOM_CENTER → BottomCenter.
    private static Anchor AnchorOf(string name) =>
        Enum.TryParse(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out Anchor anchor)
        ? anchor
        : throw new FormatException($"the anchor '{name}' is not known");
}
