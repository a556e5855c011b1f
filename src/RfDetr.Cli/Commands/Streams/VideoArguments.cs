using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Video;

namespace RfDetr.Cli.Commands;

/// <summary>The options that say what is read of a video.</summary>
internal sealed class VideoArguments
{
    private readonly Option<TimeSpan?> _start = Times.Option("--start", "Videos: where to begin; files only.");
    private readonly Option<TimeSpan?> _end = Times.Option("--end", "Videos: where to end; files only.", zero: false);
    private readonly Option<TimeSpan?> _duration =
        Times.Option("--duration", "Videos: end after so much of the video, live input included.", zero: false);
    private readonly Option<int?> _stride = OptionsOf.Whole("--stride", "N", "Videos: take one of N frames.", 1, 1_000_000);
    private readonly Option<TimeSpan?> _every =
        Times.Option("--every", "Videos: take a frame when so much time has passed since the last.", zero: false);
    private readonly Option<bool> _hardware =
        OptionsOf.Flag("--hardware-decoding", "Videos: let ffmpeg decode with the graphics card where it can.");
    private readonly Option<float?> _timeout = OptionsOf.Number(
        "--timeout", "SECONDS", "Live input: open it again when no frame came for so long (default 10).", 0.1f, 3600);
    private readonly Option<int?> _reconnects = OptionsOf.Whole(
        "--reconnects", "N", "Live input: give up after so many attempts in a row (default 100).", 0, int.MaxValue);
    private readonly Option<string?> _ffmpeg = OptionsOf.Text(
        "--ffmpeg", "PATH", "Videos: ffmpeg or its folder, in place of RFDETR_FFMPEG and PATH.");

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All =>
        [_start, _end, _duration, _stride, _every, _hardware, _timeout, _reconnects, _ffmpeg];

    public string? Ffmpeg(CliContext context) => context.Get(_ffmpeg);

    public TimeSpan? Duration(CliContext context) => context.Get(_duration);

    /// <summary>The first of these options that was given; null if none was.</summary>
    public string? Given(CliContext context) => All.FirstOrDefault(o => context.Parsed.GetResult(o) is { Implicit: false })?.Name;

    public VideoOptions Options(CliContext context)
    {
        var defaults = new VideoOptions();
        return defaults with
        {
            Ffmpeg = Ffmpeg(context),
            Start = context.Get(_start) ?? defaults.Start,
            End = context.Get(_end),
            Stride = context.Get(_stride) ?? defaults.Stride,
            Interval = context.Get(_every) ?? defaults.Interval,
            HardwareDecoding = context.Get(_hardware),
            Timeout = context.Get(_timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.Timeout,
            Reconnects = context.Get(_reconnects) ?? defaults.Reconnects,
        };
    }

    /// <summary>Opens a video; <c>-</c> is standard input.</summary>
    public Task<VideoSource> OpenAsync(CliContext context, string input) => input == "-"
        ? VideoSource.OpenAsync(context.Input, Options(context), context.Cancellation)
        : VideoSource.OpenAsync(input, Options(context), context.Cancellation);
}
