using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Streams;
using RfDetr.Video;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr track INPUT</c>: objects with ids, counts and events from a video, a stream or a camera.</summary>
internal static class TrackCommand
{
    public static Command Create()
    {
        var arguments = new TrackArguments();
        return new Verb(
            "track", "Follow objects through a video, a stream or a camera; count them at lines and in zones.",
            context => RunAsync(context, arguments), arguments.All);
    }

    private static async Task<int> RunAsync(CliContext context, TrackArguments arguments)
    {
        // Options that contradict each other are named before the video is looked at.
        _ = arguments.Optimize.Wanted(context);
        ModelOptions meaning = arguments.Model.Options(context);
        Engine engine = arguments.Model.Engine(context);
        string input = context.Get(arguments.Input);
        VideoSource source = await arguments.Video.OpenAsync(context, input).ConfigureAwait(false);
        StreamPlan plan = arguments.Plan(context, source, input);
        using Detector detector = await arguments.Optimize.LoadAsync(
            context, arguments.Model.Model(context), meaning, engine).ConfigureAwait(false);
        DetectCommand.Introduce(context, detector.Model);
        var analysis = new VideoAnalysis(detector, source, arguments.Options(context, detector.Model.Classes));
        return await StreamVerb.RunAsync(context, analysis, plan).ConfigureAwait(false);
    }
}

/// <summary>The arguments of <c>rfdetr track</c>.</summary>
internal sealed class TrackArguments
{
    public const string DefaultFolder = "out/track";

    private static readonly Dictionary<string, TrackerKind> s_trackers =
        Enum.GetValues<TrackerKind>().ToDictionary(k => k.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    private readonly Option<string?> _tracker = OptionsOf.Choice(
        "--tracker", "What gives objects their ids (default default: our own, see docs/tracking.md).", [.. s_trackers.Keys]);
    private readonly Option<string?> _motion = OptionsOf.Choice(
        "--camera-motion", "The camera's motion: auto (the default) estimates it for trackers that use it, off takes none.",
        "auto", "off");
    private readonly Option<CountingLine[]> _lines = OptionsOf.Repeat<CountingLine>(
        "--line", "NAME=x1,y1,x2,y2",
        "Count who crosses a line, in pixels of the frame; may be repeated. Drawn from left to right, upwards is in.",
        text => [CountingLine.Parse(text)]);
    private readonly Option<CountingZone[]> _zones = OptionsOf.Repeat<CountingZone>(
        "--zone", "NAME=x,y,x,y,…", "Count who enters and leaves a polygon, in pixels of the frame; may be repeated.",
        text => [CountingZone.Parse(text)]);
    private readonly Option<bool> _trails = OptionsOf.Flag("--trails", "Draw the ways of objects.");
    private readonly Option<string?> _colors =
        OptionsOf.Choice("--color-by", "Colors by object (the default) or by class.", "object", "class");
    private readonly Option<string?> _output = OptionsOf.Text(
        "--output", "FILE",
        $"The annotated video: .mp4, .mov, .mkv, .gif, .webp or frame-%05d.png (default {DefaultFolder}/NAME.mp4; none for live "
            + "input and with --json alone).");
    private readonly Option<bool> _noVideo = OptionsOf.Flag("--no-video", "Write no annotated video.");
    private readonly Option<string?> _events =
        OptionsOf.Text("--events", "FILE|-", "Write what happens at lines and in zones, one JSON object per line.");
    private readonly Option<string[]> _formats = OptionsOf.Choices(
        "--format", "Also write the objects beside the video: mot (MOTChallenge, .txt), csv, json; may be repeated.",
        "mot", "csv", "json");
    private readonly Option<int?> _batch =
        OptionsOf.Whole("--batch", "B", "Frames (or tiles) per run of the network (default 1).", 1, 64);

    public Argument<string> Input { get; } = new("INPUT")
    {
        Description = "A video file, rtsp://…, http(s)://…, camera:0 (see 'cameras'), or - for standard input.",
    };

    public ModelArguments Model { get; } = new();

    public OptimizeArguments Optimize { get; } = new();

    public SelectionArguments Selection { get; } = new();

    public TileArguments Tiles { get; } = new();

    public DrawArguments Draw { get; } = new();

    public VideoArguments Video { get; } = new();

    /// <summary>In the order of the help text.</summary>
    public Symbol[] All =>
    [
        Input, _tracker, _lines, _zones, _trails, _output, _noVideo, _events, _formats, .. Draw.All, _colors, .. Video.All,
        _motion, .. Model.All, .. Optimize.All, .. Selection.All, .. Tiles.All, _batch,
    ];

    public TrackOptions Options(CliContext context, ClassMap classes) => new()
    {
        Tracker = s_trackers[context.Get(_tracker) ?? "default"],
        Detect = Selection.Options(context, classes),
        CameraMotion = context.Get(_motion) == "off" ? CameraMotionUse.StandsStill : CameraMotionUse.Estimate,
        Tiles = Tiles.Options(context, context.Get(_batch)),
        Lines = context.Get(_lines) ?? [],
        Zones = context.Get(_zones) ?? [],
        Duration = Video.Duration(context),
        Batch = context.Get(_batch),
    };

    public StreamPlan Plan(CliContext context, VideoSource source, string input)
    {
        var draw = new StreamDrawOptions
        {
            Draw = Draw.Options(context),
            Colors = context.Get(_colors) == "class" ? ColorRule.ByClass : ColorRule.ByObject,
            ShowTrails = context.Get(_trails),
        };
        return StreamPlan.For(
            context, source, input, context.Get(_output), DefaultFolder, !context.Get(_noVideo),
            [.. (context.Get(_formats) ?? []).Distinct()], context.Get(_events), draw, Video.Ffmpeg(context));
    }
}
