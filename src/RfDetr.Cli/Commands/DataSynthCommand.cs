using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using RfDetr.Vision;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data synth</c>: a data set of rendered scenes with exact boxes and masks.</summary>
internal sealed class DataSynthCommand
{
    private const int MaxCount = 200_000;
    private const string AnnotationFile = "_annotations.coco.json";

    private readonly Option<string?> _output = OptionsOf.Text("--output", "DIR", "Folder for the pictures and " + AnnotationFile + ".");
    private readonly Option<int?> _count = OptionsOf.Whole("--count", "N", "Number of pictures.", 1, MaxCount);
    private readonly Option<int?> _seed = OptionsOf.Whole("--seed", "S", "Names the series: the same seed gives the same pictures (default 0).", 0, int.MaxValue);
    private readonly Option<int?> _first = OptionsOf.Whole("--first", "I", "Number of the first picture in the series (default 0).", 0, MaxCount);
    private readonly Option<(int Width, int Height)?> _size = Sizes.Pair("--size", "WxH", "Width and height in pixels (default 640x480).", SceneGenerator.MaxSide);
    private readonly Option<int?> _quality = OptionsOf.Whole("--quality", "Q", "JPEG quality (default 88).", 1, 100);

    private sealed record Plan(string Folder, int Count, int Seed, int First, int Width, int Height, int Quality);

    public static Command Create()
    {
        var c = new DataSynthCommand();
        c._output.Required = true;
        c._count.Required = true;
        return new Verb("synth", "Draw scenes of solid objects with exact boxes and masks, as a COCO data set.",
            c.RunAsync, c._output, c._count, c._seed, c._first, c._size, c._quality);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        (int width, int height) = context.Get(_size) ?? (640, 480);
        var plan = new Plan(
            context.Get(_output)!, context.Get(_count) ?? 1, context.Get(_seed) ?? 0, context.Get(_first) ?? 0, width, height, context.Get(_quality) ?? 88);
        Directory.CreateDirectory(plan.Folder);
        int objects = await context.WithProgressAsync("drawing", bar => Task.Run(() => Draw(plan, bar, context.Cancellation), context.Cancellation)).ConfigureAwait(false);
        context.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("folder", plan.Folder);
            json.WriteString("annotations", Path.Combine(plan.Folder, AnnotationFile));
            json.WriteNumber("pictures", plan.Count);
            json.WriteNumber("objects", objects);
            json.WriteEndObject();
        });
        context.Human.MarkupLineInterpolated($"{plan.Count} pictures with {objects} objects in {plan.Folder}, annotations in {AnnotationFile}");
        return ExitCodes.Done;
    }

    private static int Draw(Plan plan, IProgressBar bar, CancellationToken cancellation)
    {
        var generator = new SceneGenerator();
        using JsonTarget target = JsonTarget.To(Path.Combine(plan.Folder, AnnotationFile));
        using var annotations = new SceneAnnotations(target.Stream);
        for (int i = 0; i < plan.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Scene scene = generator.Render((ulong)plan.Seed, plan.First + i, plan.Width, plan.Height);
            string name = string.Create(CultureInfo.InvariantCulture, $"scene-{plan.Seed}-{plan.First + i:00000}.jpg");
            PictureEncoder.Save(
                new PixelFrame(scene.Rgb, scene.Width, scene.Height, 0, PixelFormat.Rgb24), Path.Combine(plan.Folder, name), new EncodeOptions { Quality = plan.Quality });
            annotations.Add(name, scene);
            bar.Report(i + 1, plan.Count);
        }

        annotations.Complete();
        target.Complete();
        return annotations.Objects;
    }
}
