using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs repair DEST</c>: goes through the images of dead shards one by one.</summary>
internal sealed class JobsRepairCommand
{
    private readonly JobPlaceArguments _place = new();
    private readonly ModelArguments _model = new();
    private readonly Option<string?> _worker =
        OptionsOf.Text("--worker", "NAME", "This worker's name beside its rows (default host and process).");

    public static Command Create()
    {
        var c = new JobsRepairCommand();
        return new Verb(
            "repair",
            "Go through the images of shards that workers died of, one by one. If the program dies too, start it again: it "
            + "goes on behind that image, which becomes an error after three deaths.",
            c.RunAsync, [c._place.Destination, .. c._place.Options, .. c._model.Machine, c._worker]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        var defaults = new WorkerOptions();
        var options = new WorkerOptions { Worker = context.Get(_worker) ?? defaults.Worker };
        options.Validate();
        await using IJobBroker? broker = _place.Broker(context);
        await using Destination destination = await _place.OpenAsync(context).ConfigureAwait(false);
        (JobDefinition job, Detector detector) =
            await JobLoading.LoadAsync(context, destination, _model).ConfigureAwait(false);
        using (detector)
        {
            using var metrics = new JobMetrics(job.Name);
            Manifest manifest = await Manifest.OpenAsync(destination.Files, job, context.Cancellation).ConfigureAwait(false);
            await using IShardResults results = await destination.OpenResults(job, context.Cancellation).ConfigureAwait(false);
            if (broker is not null)
            {
                await BrokerDead.CollectAsync(broker, destination.Files, results, job, context.Cancellation)
                    .ConfigureAwait(false);
            }

            RepairSummary repaired = await context.WithProgressAsync("repairing", _ =>
                new ShardRepair(destination.Files, results, job, manifest, detector, options, metrics).RunAsync(
                    ShardShare.All, null, context.Cancellation)).ConfigureAwait(false);
            JobStatus status = await JobStatus.OfAsync(destination.Files, results, job, context.Cancellation)
                .ConfigureAwait(false);
            context.WriteJson(CliJson.Default.JobRepairDocument, () => JobRepairDocument.Of(repaired, status));
            string shards = Invariant.Plural(repaired.Shards, "dead shard"), images = Invariant.Plural(repaired.Images, "image");
            context.Human.MarkupLineInterpolated($"{shards} repaired: {repaired.Failed} of {images} failed");
            context.Human.WriteLine(JobStatusText.Line(status));
            return ExitCodes.Done;
        }
    }
}
