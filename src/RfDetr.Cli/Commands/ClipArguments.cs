using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>The options of <c>rfdetr data synth --video</c>, and the run that draws clips.</summary>
internal sealed class ClipArguments
{
    private readonly Option<bool> _video =
        OptionsOf.Flag("--video", "Draw N clips in MOTChallenge's layout instead of images: frames, boxes, masks and ids.");
    private readonly Option<int?> _frames =
        OptionsOf.Whole("--frames", "N", "With --video: frames of a clip (default 150).", 1, 100_000);
    private readonly Option<float?> _rate =
        OptionsOf.Number("--fps", "R", "With --video: frames per second (default 25).", 1, 240);
    private readonly Option<string?> _camera = OptionsOf.Choice(
        "--camera", "With --video: the motion of the camera; mixed (the default) takes them in turn.", "mixed", "still", "pan",
            "shake");

    public Symbol[] Symbols => [_video, _frames, _rate, _camera];

    /// <summary>True if clips are asked for.</summary>
    /// <exception cref="ArgumentException">An option of clips was given without <c>--video</c>.</exception>
    public bool Wanted(CliContext context)
    {
        bool wanted = context.Get(_video);
        if (!wanted && (context.Get(_frames) is not null || context.Get(_rate) is not null || context.Get(_camera) is not null))
            throw new ArgumentException("--frames, --fps and --camera are for --video");
        return wanted;
    }

    /// <summary>
    /// Draws clips <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1 of a series.
    /// </summary>
    /// <exception cref="ArgumentException">A clip of the same name is there, and is not to be replaced.</exception>
    public async Task<int> RunAsync(
        CliContext context, string folder, int seed, int first, int count, (int Width, int Height) size, int quality,
            SceneOptions scene, bool overwrite)
    {
        string[] folders = [.. Enumerable.Range(first, count).Select(number => Path.Combine(folder, NameOf(seed, number)))];
        if (!overwrite)
            CheckEmpty(folders);
        ClipOptions defaults = new() { Scene = scene };
        ClipOptions options = defaults with
        {
            Frames = context.Get(_frames) ?? defaults.Frames,
            FramesPerSecond = context.Get(_rate) ?? defaults.FramesPerSecond,
        };
        ClipGenerator[] generators =
            [.. Cameras(context.Get(_camera)).Select(c => new ClipGenerator(options with { Camera = c }))];
        var written = new List<WrittenClip>();
        await context.WithProgressAsync("drawing", bar => Task.Run(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    IEnumerable<ClipFrame> frames =
                        generators[(first + i) % generators.Length].Draw((ulong)seed, first + i, size.Width, size.Height);
                    int before = i * options.Frames;
                    var progress = new Reporter(done => bar.Report(before + done, count * options.Frames));
                    written.Add(ClipWriter.Write(
                        frames, Path.GetFileName(folders[i]), folders[i], options.FramesPerSecond, quality, progress,
                        context.Cancellation));
                }

                return written.Count;
            },
            context.Cancellation)).ConfigureAwait(false);
        context.WriteJson(CliJson.Default.ClipSetDocument, () => new ClipSetDocument(folder, written));
        context.Human.MarkupLineInterpolated($"{written.Count} clips with {written.Sum(w => w.Objects)} objects in {folder}");
        return ExitCodes.Done;
    }

    private static string NameOf(int seed, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"clip-{seed}-{number:00000}");

    // Frames of an older, longer clip would stay beside the new ones, and its boxes be lost without a word.
    private static void CheckEmpty(string[] folders)
    {
        if (Array.Find(folders, f => Directory.Exists(f) && Directory.EnumerateFileSystemEntries(f).Any()) is { } taken)
        {
            throw new ArgumentException(
                $"'{taken}' is there already, and its frames and boxes would be replaced; name another folder with --output, "
                + "or add --overwrite");
        }
    }

    private static ClipCamera[] Cameras(string? camera) =>
        camera is null or "mixed" ? Enum.GetValues<ClipCamera>() : [Enum.Parse<ClipCamera>(camera, ignoreCase: true)];

    // IProgress<T> would post to another thread.
    private sealed class Reporter(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
