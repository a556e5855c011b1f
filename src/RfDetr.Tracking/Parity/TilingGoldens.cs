using System.Globalization;
using System.Text.Json;

namespace RfDetr.Tracking;

/// <summary>Golden files of tiles and of merging boxes and masks. A frame of the results is the number of a case.</summary>
internal static class TilingGoldens
{
    private const double BoxTolerance = 1e-3;
    private const double ScoreTolerance = 1e-5;
    private const double OverlapTolerance = 1e-5;

    public static IEnumerable<StreamParityResult> Tiles(string path) => GoldenJson.Read(path, root => new[]
    {
        Cases(path, "supervision", root.Get("supervision"), c => TileOptionsOf(c, TileRemainder.CutWithoutOverlap)),
        Cases(path, "sahi", root.Get("sahi"), c => TileOptionsOf(c, TileRemainder.MoveInwards)),
        Cases(path, "sahi_auto", root.Get("sahi_auto"), c =>
            TileGrid.Auto(c.Get("resolution")[0].GetInt32(), c.Get("resolution")[1].GetInt32())),
    });

    public static IEnumerable<StreamParityResult> Merging(string path) => GoldenJson.Read(path, root =>
    {
        JsonElement[] cases = [.. root.Get("cases").EnumerateArray()];
        return Setups(cases).Select(setup => ZoneGoldens.First(path, setup, Enumerable.Range(0, cases.Length), i =>
        {
            TileDetection[] boxes =
                [.. cases[i].Get("boxes").Rows().Select(b => new TileDetection(GoldenJson.Box(b, 0), (float)b[4], (int)b[5]))];
            return cases[i].Get("results").EnumerateArray()
                .Where(r => Name(r) == setup).Select(r => Boxes(boxes, r)).FirstOrDefault(d => d is not null);
        })).ToArray();
    });

    public static IEnumerable<StreamParityResult> Masks(string path) => GoldenJson.Read(path, root =>
    {
        JsonElement[] cases = [.. root.Get("cases").EnumerateArray()];
        return Setups(cases).Select(setup => ZoneGoldens.First(path, setup, Enumerable.Range(0, cases.Length), i =>
        {
            JsonElement c = cases[i];
            (int height, int width) = (c.Get("size")[0].GetInt32(), c.Get("size")[1].GetInt32());
            TileDetection[] masks = [.. c.Get("masks").EnumerateArray().Select(m => MaskOf(m, height, width))];
            return Overlaps(masks, c.Get("overlap"))
                ?? c.Get("results").EnumerateArray().Where(r => Name(r) == setup)
                    .Select(r => MergedMasks(masks, r, height, width)).FirstOrDefault(d => d is not null);
        })).ToArray();
    });

    private static StreamParityResult Cases(string path, string setup, JsonElement cases, Func<JsonElement, TileOptions> options)
    {
        JsonElement[] all = [.. cases.EnumerateArray()];
        return ZoneGoldens.First(path, setup, Enumerable.Range(0, all.Length), i =>
        {
            JsonElement c = all[i];
            TileOptions chosen = options(c);
            IReadOnlyList<PixelRect> tiles =
                TileGrid.Of(c.Get("resolution")[0].GetInt32(), c.Get("resolution")[1].GetInt32(), chosen);
            int[] numbers = [chosen.Overlap.X(chosen.Width), chosen.Overlap.Y(chosen.Height), chosen.Width, chosen.Height];
            if (c.TryGetProperty("parameters", out JsonElement parameters) && tiles.Count > 1
                && !parameters.Wholes().SequenceEqual(numbers))
                return $"overlap and size are [{string.Join(", ", numbers)}], expected {parameters}";
            return Difference(tiles, c);
        });
    }

    private static string? Difference(IReadOnlyList<PixelRect> tiles, JsonElement c)
    {
        if (!c.TryGetProperty("tiles", out JsonElement listed))
        {
            string found = $"{tiles.Count}, {Text(tiles[0])}..{Text(tiles[^1])}, x {Joined(tiles.Select(t => t.X))}, "
                + $"y {Joined(tiles.Select(t => t.Y))}";
            string wanted = $"{c.Whole("count")}, {Text(c.Get("first"))}..{Text(c.Get("last"))}, "
                + $"x {Joined(c.Get("x").Wholes())}, y {Joined(c.Get("y").Wholes())}";
            return found == wanted ? null : $"tiles {found}, expected {wanted}";
        }

        string all = string.Join(" ", tiles.Select(Text)), expected = string.Join(" ", listed.EnumerateArray().Select(Text));
        return all == expected ? null : $"tiles {all}, expected {expected}";
    }

    private static string Joined(IEnumerable<int> starts) => string.Join(",", starts.Distinct().Order());

    private static string Text(PixelRect tile) => $"[{tile.X},{tile.Y},{tile.Right},{tile.Bottom}]";

    private static string Text(JsonElement tile) => $"[{string.Join(",", tile.Wholes())}]";

    private static TileOptions TileOptionsOf(JsonElement c, TileRemainder remainder)
    {
        int[] size = c.Get("slice").Wholes();
        return new TileOptions
        {
            Width = size[0],
            Height = size[1],
            Remainder = remainder,
            Overlap = c.TryGetProperty("overlap", out JsonElement pixels)
                ? TileOverlap.Pixels(pixels[0].GetInt32(), pixels[1].GetInt32())
                : TileOverlap.Share(c.Number("overlap_ratio")),
        };
    }

    private static string[] Setups(JsonElement[] cases) =>
        [.. cases.SelectMany(c => c.Get("results").EnumerateArray()).Select(Name).Distinct()];

    private static string Name(JsonElement result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Text("metric")} {result.Number("threshold")}{(result.Flag("class_agnostic") ? ", class-agnostic" : "")}");

    private static MergeOptions OptionsOf(JsonElement result, MergeRule rule) => new()
    {
        Rule = rule,
        Measure = result.Text("metric") == "IOS" ? OverlapMeasure.IoS : OverlapMeasure.IoU,
        Threshold = result.Number("threshold"),
        ClassAgnostic = result.Flag("class_agnostic"),
        Score = MergedScore.AreaWeighted,
        DropCutAtSeams = false,
    };

    private static string? Boxes(TileDetection[] boxes, JsonElement result)
    {
        var merger = new TileMerger(OptionsOf(result, MergeRule.Merge));
        int[][] groups = ByClass(merger.Groups(boxes), boxes, result);
        return Same("nms", Kept(boxes, result), result.Get("nms"))
            ?? Same("sahi_nms", Kept(boxes, result), result.Get("sahi_nms"))
            ?? Same("nmm_groups", Text(groups), result.Get("nmm_groups"))
            ?? Same("sahi_greedy_nmm", Keepers(merger.Groups(boxes)), result.Get("sahi_greedy_nmm"))
            ?? Same("sahi_nmm", Chains(boxes, result), result.Get("sahi_nmm"))
            ?? Merged([.. groups.Select(g => merger.Join(boxes, g))], result.Get("nmm").Rows());
    }

    // Chains are listed by index, unlike the other groups.
    private static string Chains(TileDetection[] boxes, JsonElement result) => Keepers(
        [.. new TileMerger(OptionsOf(result, MergeRule.MergeChains))
            .Groups(boxes).Select(g => (int[])[g[0], .. g.Skip(1).Order()])]);

    private static string? MergedMasks(TileDetection[] masks, JsonElement result, int height, int width)
    {
        var merger = new TileMerger(OptionsOf(result, MergeRule.Merge));
        int[][] groups = ByClass(merger.Groups(masks), masks, result);
        MergedDetection[] merged = [.. groups.Select(g => merger.Join(masks, g))];
        JsonElement[] expected = [.. result.Get("nmm").EnumerateArray()];
        return Same("nms", Kept(masks, result), result.Get("nms"))
            ?? Same("nmm_groups", Text(groups), result.Get("nmm_groups"))
            ?? Merged(merged,
                [.. expected.Select(e => (double[])[.. e.Get("box").Numbers(), e.Number("score"), e.Whole("class_id")])])
            ?? merged.Zip(expected)
                .Where(p => p.First.Mask!.Area != p.Second.Whole("area")
                    || !p.First.Mask!.ToRle(height, width).Equals(RleOf(p.Second, height, width)))
                .Select(p => $"the mask merged from {string.Join(", ", p.First.Members)} is another one").FirstOrDefault();
    }

    private static string? Overlaps(TileDetection[] masks, JsonElement overlap)
    {
        foreach (JsonProperty measure in overlap.EnumerateObject())
        {
            var merger =
                new TileMerger(new MergeOptions { Measure = measure.Name == "IOS" ? OverlapMeasure.IoS : OverlapMeasure.IoU });
            double[][] expected = measure.Value.Rows();
            for (int a = 0; a < masks.Length; a++)
            {
                for (int b = 0; b < masks.Length; b++)
                {
                    double found = merger.Overlap(masks[a], masks[b]);
                    if (!(Math.Abs(found - expected[a][b]) <= OverlapTolerance))
                        return string.Create(CultureInfo.InvariantCulture,
                            $"the {measure.Name} of masks {a} and {b} is {found}, expected {expected[a][b]}");
                }
            }
        }

        return null;
    }

    private static string? Merged(MergedDetection[] found, double[][] expected)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            (MergedDetection f, double[] e) = (found[i], expected[i]);
            double[] box = [f.Box.X1, f.Box.Y1, f.Box.X2, f.Box.Y2];
            if (box.Zip(e[..4]).Any(p => Math.Abs(p.First - p.Second) > BoxTolerance) || Math.Abs(f.Score - e[4]) > ScoreTolerance
                || f.ClassId != (int)e[5])
                return string.Create(CultureInfo.InvariantCulture,
                    $"merged detection {i} is {f.Box}, score {f.Score}, class {f.ClassId}, expected [{string.Join(", ", e)}]");
        }

        return null;
    }

    private static string Kept(TileDetection[] detections, JsonElement result)
    {
        IReadOnlyList<int[]> groups = new TileMerger(OptionsOf(result, MergeRule.Suppress)).Groups(detections);
        return $"[{string.Join(",", groups.Select(g => g[0]).Order())}]";
    }

    // Groups of class 0 first, as supervision has them, unless classes play no role.
    private static int[][] ByClass(IReadOnlyList<int[]> groups, TileDetection[] detections, JsonElement result) =>
        [.. groups.OrderBy(g => result.Flag("class_agnostic") ? 0 : detections[g[0]].ClassId)];

    private static string Text(int[][] groups) => $"[{string.Join(",", groups.Select(g => $"[{string.Join(",", g)}]"))}]";

    private static string Keepers(IReadOnlyList<int[]> groups) =>
        $"[{string.Join(",", groups.OrderBy(g => g[0]).Select(g => $"[{g[0]},[{string.Join(",", g.Skip(1))}]]"))}]";

    private static string? Same(string what, string found, JsonElement expected)
    {
        string wanted = expected.GetRawText().Replace(" ", "", StringComparison.Ordinal);
        return found == wanted ? null : $"{what} is {found}, expected {wanted}";
    }

    private static TileDetection MaskOf(JsonElement m, int height, int width)
    {
        double[] box = m.Get("box").Numbers();
        TileMask mask = TileMask.Of(RleOf(m, height, width));
        return new TileDetection(GoldenJson.Box(box, 0), (float)m.Number("score"), m.Whole("class_id"), mask);
    }

    private static RleMask RleOf(JsonElement m, int height, int width) =>
        RleMask.FromCounts(height, width, [.. m.Get("counts").Wholes().Select(c => (long)c)]);
}
