using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Streams;
using RfDetr.Tracking;

namespace RfDetr.Cli.Commands;

/// <summary>The options of tiles for small objects.</summary>
internal sealed class TileArguments
{
    private const string Auto = "auto";
    private const int MostPixels = 32768;

    private readonly Option<string?> _tiles = OptionsOf.Make<string?>(
        "--tiles", "N|WxH|auto",
        "For small objects: cut images into tiles of N×N (or W×H) pixels and look at each; auto looks at tiles only where a "
            + "first look finds objects near the smallest size, or the queries are used up.",
        text => text.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Auto : ParseSize(text) is var _ ? text : text);

    private readonly Option<TileOverlap?> _overlap = OptionsOf.Make<TileOverlap?>(
        "--overlap", "SHARE|PIXELS", "With --tiles: overlap of neighbors, below 1 a share of a tile, else pixels (default 0.2).",
        text => ParseOverlap(text));

    private readonly Option<string?> _merge = OptionsOf.Choice(
        "--merge",
        "With --tiles: what becomes of overlapping detections (default nmm): nms keeps the best as it is, nmm merges the others "
            + "with it, chains merges what overlaps a merged one, too.",
        "nms", "nmm", "chains");

    private readonly Option<string?> _metric = OptionsOf.Choice(
        "--metric", "With --tiles: the measure of overlap (default ios: intersection over the smaller).", "iou", "ios");

    private readonly Option<float?> _threshold = OptionsOf.Number(
        "--merge-threshold", "T", "With --tiles: the overlap from which detections are one (default 0.5).", 0, 1);

    private readonly Option<string?> _seams = OptionsOf.Choice(
        "--seams", "With --tiles: drop (the default) what a seam cut where another tile saw it whole, or keep all.",
        "drop", "keep");

    private readonly Option<bool> _agnostic =
        OptionsOf.Flag("--class-agnostic", "With --tiles: detections of different classes can be one.");

    private readonly Option<bool> _noWhole =
        OptionsOf.Flag("--no-whole-image", "With --tiles: do not look at the whole image, too.");

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All => [_tiles, _overlap, _merge, _metric, _threshold, _seams, _agnostic, _noWhole];

    /// <summary>Null without <c>--tiles</c>.</summary>
    /// <exception cref="ArgumentException">Another of these options was given without it.</exception>
    public TileDetectorOptions? Options(CliContext context, int? batch)
    {
        if (context.Get(_tiles) is not { } tiles)
        {
            return All.FirstOrDefault(o => o != _tiles && context.Parsed.GetResult(o) is { Implicit: false }) is { } lonely
                ? throw new ArgumentException($"{lonely.Name} belongs to --tiles, which is missing")
                : null;
        }

        TileOverlap? overlap = context.Get(_overlap);
        var merge = new MergeOptions();
        return new TileDetectorOptions
        {
            Tiles = tiles == Auto ? null : Size(tiles, overlap),
            Overlap = overlap ?? TileOverlap.Share(0.2),
            Choice = tiles == Auto ? TileChoice.WhereNeeded : TileChoice.All,
            WholeImage = !context.Get(_noWhole),
            Batch = batch,
            Merge = merge with
            {
                Rule = context.Get(_merge) switch
                {
                    "nms" => MergeRule.Suppress,
                    "chains" => MergeRule.MergeChains,
                    _ => MergeRule.Merge,
                },
                Measure = context.Get(_metric) == "iou" ? OverlapMeasure.IoU : OverlapMeasure.IoS,
                Threshold = context.Get(_threshold) ?? merge.Threshold,
                ClassAgnostic = context.Get(_agnostic),
                DropCutAtSeams = context.Get(_seams) != "keep",
            },
        };
    }

    private static TileOptions Size(string text, TileOverlap? overlap)
    {
        (int width, int height) = ParseSize(text);
        var options = new TileOptions { Width = width, Height = height };
        return overlap is { } given ? options with { Overlap = given } : options;
    }

    private static (int Width, int Height) ParseSize(string text)
    {
        string[] parts = text.Split('x', 'X', '×');
        return parts.Length is 1 or 2 && Side(parts[0]) is { } width && Side(parts[^1]) is { } height
            ? (width, height)
            : throw new FormatException($"is not N, WxH or auto, with sides of 16 to {MostPixels} pixels");
    }

    private static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is >= 16 and <= MostPixels
            ? side : null;

    private static TileOverlap ParseOverlap(string text)
    {
        float value = OptionsOf.ParseNumber(text, 0, MostPixels);
        if (value < 1)
            return TileOverlap.Share(value);
        return value == MathF.Floor(value)
            ? TileOverlap.Pixels((int)value, (int)value)
            : throw new FormatException("is neither a share below 1 nor a whole number of pixels");
    }
}
