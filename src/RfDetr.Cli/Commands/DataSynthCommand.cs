using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data synth</c>: a data set of rendered scenes with exact boxes and masks.</summary>
internal sealed class DataSynthCommand
{
    private const int MaxCount = 200_000;
    private const string AnnotationFile = "_annotations.coco.json";

    private readonly Option<string?> _output = OptionsOf.Text("--output", "DIR", "Folder for the images and " + AnnotationFile + ".");
    private readonly Option<int?> _count = OptionsOf.Whole("--count", "N", "Number of images.", 1, MaxCount);
    private readonly Option<int?> _valid = OptionsOf.Whole("--valid", "M", "Also draw M other images for validation: DIR/train gets N, DIR/valid gets M.", 1, MaxCount);
    private readonly Option<int?> _seed = OptionsOf.Whole("--seed", "S", "Names the series: the same seed gives the same images (default 0).", 0, int.MaxValue);
    private readonly Option<int?> _first = OptionsOf.Whole("--first", "I", "Number of the first image in the series (default 0).", 0, MaxCount);
    private readonly Option<(int Width, int Height)?> _size = Sizes.Pair("--size", "WxH", "Width and height in pixels (default 640x480).", SceneGenerator.MaxSide);
    private readonly Option<int?> _quality = OptionsOf.Whole("--quality", "Q", "JPEG quality (default 88).", 1, 100);
    private readonly Option<int?> _minObjects = OptionsOf.Whole("--min-objects", "N", "Fewest objects set into a scene (default 2).", 1, 64);
    private readonly Option<int?> _maxObjects = OptionsOf.Whole("--max-objects", "N", "Most objects set into a scene (default 12).", 1, 64);
    private readonly Option<int?> _minSize = OptionsOf.Whole("--min-size", "PX", "Smallest diameter of an object (default 12).", 4, SceneGenerator.MaxSide);
    private readonly Option<float?> _minVisible = OptionsOf.Number("--min-visible", "SHARE", "Leave out objects of which less can be seen (default 0.2).", 0, 1);
    private readonly Option<string[]> _classes = OptionsOf.Names("--classes", "A,B,…", "Draw only these classes.");

    private sealed record Series(string Folder, int First, int Count);

    private sealed record Look(int Seed, int Width, int Height, int Quality, SceneOptions Options);

    public static Command Create()
    {
        var c = new DataSynthCommand();
        c._output.Required = true;
        c._count.Required = true;
        return new Verb("synth", "Draw scenes of solid objects with exact boxes and masks, as a COCO data set.", c.RunAsync,
            c._output, c._count, c._valid, c._seed, c._first, c._size, c._quality, c._minObjects, c._maxObjects, c._minSize, c._minVisible, c._classes);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string folder = context.Get(_output)!;
        Look look = LookOf(context);
        var generator = new SceneGenerator(look.Options); // says what is wrong before a folder is made
        Series[] all = SeriesOf(folder, context.Get(_first) ?? 0, context.Get(_count) ?? 1, context.Get(_valid));
        int total = all.Sum(s => s.Count), objects = 0, drawn = 0;
        foreach (Series series in all)
        {
            int before = drawn;
            objects += await context.WithProgressAsync("drawing",
                bar => Task.Run(() => Draw(generator, look, series, done => bar.Report(before + done, total), context.Cancellation), context.Cancellation)).ConfigureAwait(false);
            drawn += series.Count;
        }

        context.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("folder", folder);
            json.WriteString("annotations", Path.Combine(all[0].Folder, AnnotationFile));
            json.WriteNumber("images", total);
            json.WriteNumber("objects", objects);
            json.WriteEndObject();
        });
        context.Human.MarkupLineInterpolated($"{total} images with {objects} objects in {folder}, annotations in {AnnotationFile}");
        return ExitCodes.Done;
    }

    private Look LookOf(CliContext context)
    {
        (int width, int height) = context.Get(_size) ?? (640, 480);
        string[] classes = context.Get(_classes) ?? [];
        var defaults = new SceneOptions();
        return new(context.Get(_seed) ?? 0, width, height, context.Get(_quality) ?? 88, new SceneOptions
        {
            MinObjects = context.Get(_minObjects) ?? defaults.MinObjects,
            MaxObjects = context.Get(_maxObjects) ?? Math.Max(defaults.MaxObjects, context.Get(_minObjects) ?? 0),
            MinObjectSize = context.Get(_minSize) ?? defaults.MinObjectSize,
            MinVisibleFraction = context.Get(_minVisible) ?? defaults.MinVisibleFraction,
            Classes = classes.Length > 0 ? classes : null,
        });
    }

    // Validation images follow the training ones in the series, so that none is in both.
    private static Series[] SeriesOf(string folder, int first, int count, int? valid) => valid is { } more
        ? [new(Path.Combine(folder, "train"), first, count), new(Path.Combine(folder, "valid"), first + count, more)]
        : [new(folder, first, count)];

    private static int Draw(SceneGenerator generator, Look look, Series series, Action<int> report, CancellationToken cancellation)
    {
        Directory.CreateDirectory(series.Folder);
        using JsonTarget target = JsonTarget.To(Path.Combine(series.Folder, AnnotationFile));
        using var annotations = new SceneAnnotations(target.Stream, look.Options.Classes);
        for (int i = series.First; i < series.First + series.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Scene scene = generator.Render((ulong)look.Seed, i, look.Width, look.Height);
            string name = string.Create(CultureInfo.InvariantCulture, $"scene-{look.Seed}-{i:00000}.jpg");
            ImageEncoder.Save(
                new PixelFrame(scene.Rgb, scene.Width, scene.Height, 0, PixelFormat.Rgb24), Path.Combine(series.Folder, name), new EncodeOptions { Quality = look.Quality });
            annotations.Add(name, scene);
            report(i - series.First + 1);
        }

        annotations.Complete();
        target.Complete();
        return annotations.Objects;
    }
}
