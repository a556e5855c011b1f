using System.CommandLine;
using System.Text.Json;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs events DEST</c>: what a job's workers say through the broker, as it comes.</summary>
internal sealed class JobsEventsCommand
{
    private readonly JobPlaceArguments _place = new();
    private readonly Option<bool> _all = OptionsOf.Flag(
        "--all", "Begin with the oldest event that the broker still has, a week old at most, and not with the next one.");
    private readonly Option<int?> _count = OptionsOf.Whole(
        "--count", "N", "End after N events (default: go on until Ctrl-C).", 1, int.MaxValue);

    public static Command Create()
    {
        var c = new JobsEventsCommand();
        return new Verb(
            "events",
            "Show what a job's workers say through the broker, as it comes: started, shards done and given back, heartbeats, "
            + "stopped. With --json a document per line. Progress is what 'status' counts; an event may come twice.",
            c.RunAsync, [c._place.Destination, c._place.BrokerOption, c._all, c._count]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        await using IJobBroker broker = _place.Broker(context)
            ?? throw new ArgumentException(
                $"events come through a broker, and none is named; name it with --broker or {BrokerAddress.Variable}");
        await using Destination destination = await _place.OpenAsync(context).ConfigureAwait(false);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, context.Cancellation).ConfigureAwait(false);
        using JsonTarget? json = context.OpenGrowingJson();
        int left = context.Get(_count) ?? -1;
        await foreach (JobEvent one in broker.ReadEventsAsync(job, context.Get(_all), context.Cancellation)
            .ConfigureAwait(false))
        {
            json?.WriteLine(JobEventDocument.Of(job, one), CliJson.Default.JobEventDocument);
            context.Human.WriteLine(Line(one));
            if (--left == 0)
                break;
        }

        json?.Complete();
        return ExitCodes.Done;
    }

    private static string Line(JobEvent e)
    {
        string what = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{e.Kind}").Replace('_', ' ');
        string shard = e.Shard is { } index ? Invariant.Text($" (shard {index})") : "";
        return Invariant.Text($"{e.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {e.Worker}: {what}{shard}, ")
            + Invariant.Text($"{e.Images} images, {e.Failed} failed, {e.ImagesPerSecond:0.0} images/s");
    }
}
