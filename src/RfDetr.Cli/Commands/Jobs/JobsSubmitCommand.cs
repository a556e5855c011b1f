using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs submit SOURCE…</c>: writes a job down and puts its shards into the broker's queue.</summary>
internal sealed class JobsSubmitCommand
{
    private readonly JobSubmitArguments _submit = new();
    private readonly JobPlaceArguments _place = new();

    public static Command Create()
    {
        var c = new JobsSubmitCommand();
        return new Verb(
            "submit",
            "Write a job down and publish its shards for workers; again is harmless, and publishes what has no results yet.",
            c.RunAsync, [.. c._submit.All, .. c._place.Options]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        await using IJobBroker? broker = _place.Broker(context);
        await using Destination destination =
            await _place.OpenAsync(context, _submit.Output(context)).ConfigureAwait(false);
        Submitted submitted = await _submit.SubmitAsync(context, destination).ConfigureAwait(false);
        JobDefinition job = submitted.Job;
        long? published = broker is null
            ? null
            : await PublishAsync(context, destination, job, broker).ConfigureAwait(false);
        context.WriteJson(
            CliJson.Default.JobSubmittedDocument, () => JobSubmittedDocument.Of(job, submitted.IsNew, destination, published));
        string state = submitted.IsNew ? "submitted" : "was there already";
        string size = $"{Invariant.Plural(job.Images, "image")} in {Invariant.Plural(job.Shards, "shard")} of {job.ShardSize}";
        context.Human.MarkupLineInterpolated($"{job.Name} {state}: {size}, in [green]{destination.Files.Name}[/]");
        string next = published is null
            ? $"work on it: rfdetr jobs work {destination.Files.Name}"
            : Invariant.Plural(published.Value, "shard") + " published";
        context.Human.MarkupLineInterpolated($"{next}");
        return ExitCodes.Done;
    }

    private static async Task<long> PublishAsync(
        CliContext context, Destination destination, JobDefinition job, IJobBroker broker)
    {
        await using IShardResults results = await destination.OpenResults(job, context.Cancellation).ConfigureAwait(false);
        bool[] done = await ShardFlags.DoneAsync(results, job, context.Cancellation).ConfigureAwait(false);

        // Dead shards would kill as many workers again; they wait for a repair.
        bool[] dead = await ShardFlags.DeadAsync(destination.Files, job, context.Cancellation).ConfigureAwait(false);
        await using IShardPublisher publisher = broker.Publisher();
        IEnumerable<ShardRef> left = job.AllShards().Where(s => !done[s.Index] && !dead[s.Index]);
        return await context.WithProgressAsync("publishing", bar => publisher.PublishAsync(
            job, left, new ActionProgress<long>(n => bar.Report(n, job.Shards)), context.Cancellation)).ConfigureAwait(false);
    }
}
