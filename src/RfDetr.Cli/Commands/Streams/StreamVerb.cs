using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Streams;
using RfDetr.Video;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>The run over a video that <c>track</c> and <c>detect</c> have in common, with what people see of it.</summary>
internal static class StreamVerb
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(CliContext context, VideoAnalysis analysis, StreamPlan plan)
    {
        VideoInfo info = analysis.Source.Info;
        string sound = info.AudioCodec is { } codec ? $", sound {codec}" : "";
        string rate = info.Rate.PerSecond > 0 ? Invariant.Text($", {info.Rate.PerSecond:0.##} frames per second") : "";
        context.Human.MarkupLineInterpolated($"[gray]{info.Input}: {info.Width}×{info.Height}{rate}, {info.Codec}{sound}[/]");
        await using var outputs = new StreamOutputs(context, analysis, plan);
        StreamSummary summary = await context.WithProgressAsync(
            info.IsLive ? "live" : "frames",
            bar => StreamRun.RunAsync(analysis, outputs.Sinks, new Reporter(context, analysis, bar), context.Cancellation))
            .ConfigureAwait(false);
        outputs.Complete();
        Tell(context, analysis, summary, outputs.Written);
        return Code(context, analysis, summary);
    }

    private static void Tell(CliContext context, VideoAnalysis analysis, StreamSummary summary, IReadOnlyList<string> written)
    {
        double seconds = Math.Max(summary.Elapsed.TotalSeconds, 1e-6);
        string speed = Invariant.Text($"{seconds:0.0} s ({summary.Frames / seconds:0.0} per second)");
        string objects = !analysis.Options.Tracks ? ""
            : summary.Objects.Count == 0 ? ", no objects"
            : ", " + string.Join(", ", summary.Objects.OrderByDescending(o => o.Value).ThenBy(o => o.Key, StringComparer.Ordinal)
                .Select(o => $"{o.Value} {o.Key}"));
        context.Human.MarkupLineInterpolated($"[bold]{Invariant.Plural(summary.Frames, "frame")}[/] in {speed}{objects}");
        foreach (Tracking.LineZone line in analysis.Lines)
            context.Human.MarkupLineInterpolated($"line {line.Name}: {line.In.Total} in, {line.Out.Total} out");
        foreach (Tracking.PolygonZone zone in analysis.Zones)
        {
            context.Human.MarkupLineInterpolated(
                $"zone {zone.Name}: {zone.Entered.Total} entered, {zone.Left.Total} left, {zone.Count} inside at the end");
        }

        if (summary.Dropped > 0 || summary.Interruptions > 0)
        {
            string interruptions = Invariant.Plural(summary.Interruptions, "interruption");
            context.Human.MarkupLineInterpolated(
                $"[gray]{Invariant.Plural(summary.Dropped, "frame")} left out for newer, {interruptions}[/]");
        }

        foreach (string file in written)
            context.Human.MarkupLineInterpolated($"written: [green]{file}[/]");
        if (summary.SaturatedFrames > 0)
        {
            string frames = Invariant.Plural(summary.SaturatedFrames, "frame");
            context.Warn(Invariant.Text($"{frames} used up the {analysis.Model.NumSelect} candidates of ")
                + $"{analysis.Model.Name}: there may be more objects; look closer with --tiles auto");
        }
    }

    private static int Code(CliContext context, VideoAnalysis analysis, StreamSummary summary)
    {
        if (summary.Canceled)
        {
            context.Error.WriteLine("interrupted");
            return ExitCodes.Interrupted;
        }

        if (summary.DecodeErrors == 0 || analysis.Source.Info.IsLive)
            return ExitCodes.Done;
        context.Fail(
            Invariant.Text(
                $"{analysis.Source.Info.Input} is damaged: {Invariant.Plural(summary.Frames, "frame")} could be read, ")
            + $"with {Invariant.Plural(summary.DecodeErrors, "error")} while decoding: {summary.Problem}");
        return ExitCodes.Failed;
    }

    // On a terminal a bar; elsewhere nothing for files, and for live input, which may run for days, a line now and then.
    private sealed class Reporter(CliContext context, VideoAnalysis analysis, IProgressBar bar) : IProgress<StreamProgress>
    {
        private long _said = TimeProvider.System.GetTimestamp();

        public void Report(StreamProgress value)
        {
            bool live = analysis.Source.Info.IsLive;
            if (live && value.Frame.Discontinuity)
                context.Warn($"{analysis.Source.Info.Input} was interrupted and is back: {analysis.Source.Problem}");
            string rate = Invariant.Text($"{value.FramesPerSecond:0.0} frames per second");
            string age = live ? Invariant.Text($", {value.Frame.Age.TotalMilliseconds:0} ms old") : "";
            string left = value.Left is { } time ? $", {Clock(time)} left" : "";
            bar.Report(value.Frames, value.Total, rate + age + left);
            if (bar.IsVisible || !live || TimeProvider.System.GetElapsedTime(_said) < s_pause)
                return;
            _said = TimeProvider.System.GetTimestamp();
            context.Error.MarkupLineInterpolated($"[gray]{value.Frames} frames, {rate}{age}[/]");
        }

        private static string Clock(TimeSpan time) => time.TotalHours >= 1
            ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
    }
}
