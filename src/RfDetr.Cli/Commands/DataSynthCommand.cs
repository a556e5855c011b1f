using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data synth</c>: a data set of rendered scenes with exact boxes and masks.</summary>
internal sealed class DataSynthCommand
{
    private const int MaxCount = 200_000;
    private const string AnnotationFile = SceneSet.AnnotationFile;

    private readonly Option<string?> _output =
        OptionsOf.OutputFolder("--output", "DIR", "Folder for the images and " + AnnotationFile + ".");
    private readonly Option<int?> _count = OptionsOf.Whole("--count", "N", "Number of images.", 1, MaxCount);
    private readonly Option<int?> _valid = OptionsOf.Whole(
        "--valid", "M", "Also draw M other images for validation: DIR/train gets N, DIR/valid gets M.", 1, MaxCount);
    private readonly Option<int?> _seed =
        OptionsOf.Whole("--seed", "S", "Names the series: the same seed gives the same images (default 0).", 0, int.MaxValue);
    private readonly Option<int?> _first =
        OptionsOf.Whole("--first", "I", "Number of the first image in the series (default 0).", 0, MaxCount);
    private readonly Option<(int Width, int Height)?> _size =
        Sizes.Pair("--size", "WxH", "Width and height in pixels (default 640x480).", SceneGenerator.MaxSide);
    private readonly Option<int?> _quality = OptionsOf.Whole("--quality", "Q", "JPEG quality (default 88).", 1, 100);
    private readonly Option<int?> _minObjects =
        OptionsOf.Whole("--min-objects", "N", "Fewest objects set into a scene (default 2).", 1, 64);
    private readonly Option<int?> _maxObjects =
        OptionsOf.Whole("--max-objects", "N", "Most objects set into a scene (default 12).", 1, 64);
    private readonly Option<int?> _minSize =
        OptionsOf.Whole("--min-size", "PX", "Smallest diameter of an object (default 12).", 4, SceneGenerator.MaxSide);
    private readonly Option<float?> _minVisible =
        OptionsOf.Number("--min-visible", "SHARE", "Leave out objects of which less can be seen (default 0.2).", 0, 1);
    private readonly Option<string[]> _classes = OptionsOf.Names("--classes", "A,B,…", "Draw only these classes.");

    private readonly Option<bool> _overwrite = OptionsOf.Flag(
        "--overwrite", "Replace the annotations of a data set, or the clips, that the folder holds already.");

    private readonly ClipArguments _clips = new();

    private sealed record Series(string Folder, int First, int Count);

    public static Command Create()
    {
        var c = new DataSynthCommand();
        c._output.Required = true;
        c._count.Required = true;
        return new Verb("synth", "Draw scenes of solid objects with exact boxes and masks, as a COCO data set.", c.RunAsync,
            [
                c._output, c._count, c._valid, c._seed, c._first, c._size, c._quality, c._minObjects, c._maxObjects, c._minSize,
                c._minVisible, c._classes, c._overwrite, .. c._clips.Symbols,
            ]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string folder = context.Get(_output)!;
        SceneSetOptions look = LookOf(context);
        if (_clips.Wanted(context))
        {
            if (context.Get(_valid) is not null)
                throw new ArgumentException("--valid is for images; draw clips for validation with another --first");
            return await _clips.RunAsync(
                context, folder, look.Seed, context.Get(_first) ?? 0, context.Get(_count) ?? 1, (look.Width, look.Height),
                look.Quality, look.Scenes, context.Get(_overwrite));
        }

        Series[] all = SeriesOf(folder, context.Get(_first) ?? 0, context.Get(_count) ?? 1, context.Get(_valid));
        if (!context.Get(_overwrite))
            CheckEmpty(folder, all);
        int total = all.Sum(s => s.Count), objects = 0, drawn = 0;
        foreach (Series series in all)
        {
            int before = drawn;
            objects += await context.WithProgressAsync("drawing",
                bar =>
                    Task.Run(
                        () => Draw(look, series, done => bar.Report(before + done, total), context.Cancellation),
                        context.Cancellation)).ConfigureAwait(false);
            drawn += series.Count;
        }

        context.WriteJson(
            CliJson.Default.SceneSetDocument,
            () => new SceneSetDocument(folder, Path.Combine(all[0].Folder, AnnotationFile), total, objects));
        string content = $"{Invariant.Plural(total, "image")} with {Invariant.Plural(objects, "object")}";
        context.Human.MarkupLineInterpolated($"{content} in {folder}, annotations in {AnnotationFile}");
        return ExitCodes.Done;
    }

    // New annotations would not know the images of the old ones, so that a set would be lost without a word.
    private static void CheckEmpty(string folder, Series[] all)
    {
        if (all.Select(s => s.Folder).Prepend(folder).FirstOrDefault(DataSet.IsDataSet) is { } taken)
        {
            throw new ArgumentException(
                $"'{taken}' holds a data set already, whose annotations would be replaced; name another folder with --output, "
                + "or add --overwrite");
        }
    }

    private SceneSetOptions LookOf(CliContext context)
    {
        (int width, int height) = context.Get(_size) ?? (640, 480);
        string[] classes = context.Get(_classes) ?? [];
        var defaults = new SceneOptions();
        return new SceneSetOptions
        {
            Count = context.Get(_count) ?? 1,
            Seed = context.Get(_seed) ?? 0,
            Width = width,
            Height = height,
            Quality = context.Get(_quality) ?? 88,
            Scenes = new SceneOptions
            {
                MinObjects = context.Get(_minObjects) ?? defaults.MinObjects,
                MaxObjects = context.Get(_maxObjects) ?? Math.Max(defaults.MaxObjects, context.Get(_minObjects) ?? 0),
                MinObjectSize = context.Get(_minSize) ?? defaults.MinObjectSize,
                MinVisibleFraction = context.Get(_minVisible) ?? defaults.MinVisibleFraction,
                Classes = classes.Length > 0 ? classes : null,
            },
        };
    }

    // Validation images follow the training ones in the series, so that none is in both.
    private static Series[] SeriesOf(string folder, int first, int count, int? valid) => valid is { } more
        ? [new(Path.Combine(folder, "train"), first, count), new(Path.Combine(folder, "valid"), first + count, more)]
        : [new(folder, first, count)];

    private static int Draw(SceneSetOptions look, Series series, Action<int> report, CancellationToken cancellation) =>
        SceneSet.Write(
            series.Folder, look with { First = series.First, Count = series.Count }, new ActionProgress<int>(report),
            cancellation);
}
